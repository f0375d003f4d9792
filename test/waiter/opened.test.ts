import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { openValue } from '../../src/api/names.ts';
import {
  annotationOf,
  isForRun,
  isOpened,
  openingCommand,
  readAnnotations,
  readingOnce,
} from '../../src/waiter/opened.ts';

const KEY = 'open.dependencygate.dev/api-first.redis';

const STARTED = Date.parse('2026-11-26T11:00:00.400Z');

/** The file as the kubelet writes it: sorted, `fmt.Sprintf("%v=%q")` for each annotation. */
function annotationsFile(annotations: Readonly<Record<string, string>>): string {
  return Object.keys(annotations)
    .sort()
    .map((key) => `${key}=${quote(annotations[key] ?? '')}`)
    .join('\n');
}

/** Go's strconv.Quote, with everything outside of printable ASCII escaped. */
function quote(value: string): string {
  const short: Readonly<Record<string, string>> = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
  };
  const escaped = value.replace(
    /["\\]|[^ -~]/gu,
    (character) => short[character] ?? `\\U${character.codePointAt(0)?.toString(16).padStart(8, '0')}`,
  );
  return `"${escaped}"`;
}

describe('annotationOf', () => {
  const hasAnnotation = (text: string, key: string) => annotationOf(text, key) !== undefined;

  it('finds the key, whatever its value', () => {
    expect(hasAnnotation(`a="b"\n${KEY}="1"\nz="y"\n`, KEY)).to.equal(true);
    expect(hasAnnotation(`${KEY}=""`, KEY)).to.equal(true);
  });

  for (const [what, text] of [
    ['an empty file', ''],
    ['a key that begins with it', `${KEY}-2="1"`],
    ['a key that ends with it', `x${KEY}="1"`],
    ['the key within a value', `note="say ${KEY}=\\"1\\""`],
    ['a value that would write a line of its own, were it not escaped', `note="\\n${KEY}=\\"1\\""`],
  ] as const) {
    it(`is not misled by ${what}`, () => {
      expect(hasAnnotation(text, KEY)).to.equal(false);
    });
  }

  it('tells exactly the annotations that are there, as the kubelet escapes them', () => {
    const keys = ['a', KEY, `${KEY}x`, 'open.dependencygate.dev/api-first.red'];
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(`\n${KEY}="1"\n`, `"\n${KEY}="`, '\\', '\\n', '"', `${KEY}="1"`),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (annotations) => {
        const text = annotationsFile(annotations);
        for (const key of keys) expect(hasAnnotation(text, key)).to.equal(Object.hasOwn(annotations, key));
      }),
    );
  });
});

describe('annotationOf, as far as the operator writes it', () => {
  it('has the value', () => {
    const value = openValue({ attempt: 2, startedAt: '2026-11-26T11:00:00Z' });
    expect(annotationOf(annotationsFile({ [KEY]: value, z: 'y' }), KEY)).to.equal(value);
  });
});

describe('isForRun', () => {
  for (const [what, value, expected] of [
    ['of this run', '1 2026-11-26T11:00:00Z', true],
    ['of this run, at a later attempt', '12 2026-11-26T11:00:00Z', true],
    ['of this run, with parts of a second', '1 2026-11-26T11:00:00.123456789Z', true],
    ['of this run, which began at the end of the second before', '1 2026-11-26T10:59:59Z', true],
    ['of this run, of which the runtime learned late', '1 2026-11-26T11:00:59Z', true],
    ['of a run 3 s before', '1 2026-11-26T10:59:57Z', false],
    ['of a run of yesterday', '1 2026-11-25T11:00:00Z', false],
    ['of a run whose clock was wrong', '1 2027-11-26T11:00:00Z', false],
    ['by a person, who says nothing', '', true],
    ['by a person, who counts', '1', true],
    ['by a person, in words', 'go on, please', true],
    ['by a person, who tells the time', '2026-11-25T11:00:00Z', true],
    ['by a person, who tells another kind of time', '1 yesterday', true],
  ] as const) {
    it(`${expected ? 'takes' : 'does not take'} an opening ${what}`, () => {
      expect(isForRun(value, STARTED)).to.equal(expected);
    });
  }
});

describe('openingCommand', () => {
  const opening = { key: KEY };
  const search = ['shop.svc.cluster.local', 'svc.cluster.local'];

  it('names the Pod, its namespace and the annotation', () => {
    expect(openingCommand({ opening }, { HOSTNAME: 'web-debug' }, search)).to.equal(
      `kubectl annotate pod web-debug -n shop ${KEY}=1`,
    );
  });

  it('leaves open what it does not know', () => {
    for (const domains of [[], ['example.com'], ['svc.cluster.local']])
      expect(openingCommand({ opening }, {}, domains)).to.equal(
        `kubectl annotate pod POD -n NAMESPACE ${KEY}=1`,
      );
  });

  it('is none where nothing opens it', () => {
    expect(openingCommand({ opening: undefined }, {}, search)).to.equal(undefined);
  });
});

describe('isOpened of what readAnnotations has read', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opened-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const opened = (file: string) => isOpened(readAnnotations(file), KEY, STARTED);

  it('takes a file that is not there as nothing opened', () => {
    expect(opened(join(folder, 'annotations'))).to.equal(false);
  });

  it('takes what cannot be read as nothing opened', () => {
    expect(opened(folder)).to.equal(false);
  });

  it('waits again where the opening is of an earlier run, until there is one of this', async () => {
    const file = join(folder, 'annotations');
    const write = (startedAt: string) =>
      writeFile(file, annotationsFile({ [KEY]: openValue({ attempt: 1, startedAt }) }));
    await write('2026-11-26T10:30:00Z');
    expect(opened(file)).to.equal(false);
    await write('2026-11-26T11:00:00Z');
    expect(opened(file)).to.equal(true);
  });

  it('sees a new version of the volume, which the kubelet swaps in by a link', async () => {
    const file = join(folder, 'annotations');
    const put = async (version: string, text: string) => {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'annotations'), text);
      await symlink(version, join(folder, '..data_tmp'));
      await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    await put('..v1', 'a="b"');
    await symlink('..data/annotations', file);
    expect(opened(file)).to.equal(false);
    await put('..v2', `a="b"\n${KEY}="2"`);
    expect(opened(file)).to.equal(true);
  });
});

describe('readingOnce', () => {
  it('reads each file once for all who look in the same moments, and anew when they look again', () => {
    let now = 0;
    let version = 0;
    const read = readingOnce((file) => `${file} ${++version}`, { now: () => now });
    for (const at of [0, 0.5, 3, 190]) {
      now = at;
      expect(read('a')).to.equal('a 1');
    }
    expect(read('b')).to.equal('b 2');
    now = 249.5;
    expect(read('a')).to.equal('a 3');
    expect(read('a')).to.equal('a 3');
  });
});

import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { hasAnnotation, isOpened } from '../../src/waiter/opened.ts';

const KEY = 'open.dependencygate.dev/api-first.redis';

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

describe('hasAnnotation', () => {
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

describe('isOpened', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opened-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('takes a file that is not there as nothing opened', () => {
    expect(isOpened(join(folder, 'annotations'), KEY)).to.equal(false);
  });

  it('takes what cannot be read as nothing opened', () => {
    expect(isOpened(folder, KEY)).to.equal(false);
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
    expect(isOpened(file, KEY)).to.equal(false);
    await put('..v2', `a="b"\n${KEY}="2"`);
    expect(isOpened(file, KEY)).to.equal(true);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import {
  InputError,
  parseDocuments,
  placeOf,
  textOf,
} from '../../../../src/commands/render/yaml/documents.ts';
import { DEPLOYMENT, GATE } from '../input.ts';

const parse = (text: string) => parseDocuments({ name: 'x.yaml', text });

function problemsOf(text: string): readonly string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('parseDocuments', () => {
  const pieces = fc.constantFrom(
    ...[
      GATE,
      DEPLOYMENT,
      '---\n',
      '--- # x\n',
      '# only a comment\n',
      '\n',
      '...\n',
      'a: 1\n',
      '--- {a: 1}\n',
      'text: |\n  ---\n  a\n',
    ],
  );

  it('finds documents whose texts together are the source, to the byte', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), fc.boolean(), (parts, endsWithBreak) => {
        const text = parts.join('---\n').slice(0, endsWithBreak ? undefined : -1);
        fc.pre(problemsOf(text).length === 0);
        expect(parse(text).map(textOf).join('')).to.equal(text);
      }),
    );
  });

  it('takes no document marker inside of a block scalar for one', () => {
    expect(parse('a: |\n  ---\n  b\n---\nc: 1\n').map(({ value }) => value)).to.deep.equal([
      { a: '---\nb\n' },
      { c: 1 },
    ]);
  });

  it('names file, document and line of each mistake', () => {
    const problems = problemsOf('a: 1\n---\nb: 1\nc: [\n---\nd: 1\nd: 2\n');
    expect(problems).to.have.length(2);
    expect(problems[0]).to.match(/^x\.yaml, document 2, line [45]: Flow sequence/);
    expect(problems[1]).to.equal('x.yaml, document 3, line 7: Map keys must be unique');
  });
});

describe('placeOf', () => {
  const [, second] = parse('a: 1\n---\n# x\nb:\n- c: 1\n- d: 1\n');
  const place = (...path: (string | number)[]) => second && placeOf(second, path);

  it('is the line of what stands at a path', () => {
    expect(place('b', 1, 'd')).to.equal('x.yaml, document 2, line 6');
  });

  it('is that of the last step that exists', () => {
    expect(place('b', 1, 'e', 'f')).to.equal('x.yaml, document 2, line 6');
    expect(place()).to.equal('x.yaml, document 2, line 4');
  });
});

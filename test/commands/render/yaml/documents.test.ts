import { expect } from 'chai';
import fc from 'fast-check';
import { parseDocuments, placeOf } from '../../../../src/commands/render/yaml/documents.ts';
import { DEPLOYMENT, GATE } from '../input.ts';

const parse = (text: string) => parseDocuments({ name: 'x.yaml', text });

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
        expect(
          parse(text)
            .map((document) => document.text)
            .join(''),
        ).to.equal(text);
      }),
    );
  });

  it('takes no document marker inside of a block scalar for one', () => {
    expect(parse('a: |\n  ---\n  b\n---\nc: 1\n').map(({ reading }) => reading?.value)).to.deep.equal([
      { a: '---\nb\n' },
      { c: 1 },
    ]);
  });

  it('knows the line of each mistake, and goes on with the other documents', () => {
    const documents = parse('a: 1\n---\nb: 1\nc: [\n---\nd: @1\n---\ne: 1\n');
    expect(documents.map(({ reading }) => reading?.value)).to.deep.equal([
      { a: 1 },
      undefined,
      undefined,
      { e: 1 },
    ]);
    expect(documents.map(({ mistake }) => mistake?.message.split(' ').slice(0, 2).join(' '))).to.deep.equal([
      undefined,
      'Flow sequence',
      'Plain value',
      undefined,
    ]);
    expect(documents[2] && placeOf(documents[2], [])).to.equal('x.yaml, document 3, line 6');
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

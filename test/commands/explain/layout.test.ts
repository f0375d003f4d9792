import { expect } from 'chai';
import fc from 'fast-check';
import { heading, layOut, text, verbatim, WIDTH } from '../../../src/commands/explain/layout.ts';

describe('layOut', () => {
  it('puts an empty line before each heading but the first', () => {
    const lines = [heading('One'), text(2, 'a'), heading('Two'), text(2, 'b')];
    expect(layOut(lines)).to.equal('One\n  a\n\nTwo\n  b\n');
  });

  it('emphasizes headings and nothing else', () => {
    const lines = [heading('One'), text(2, 'a'), verbatim(2, 'b')];
    expect(layOut(lines, (words) => words.toUpperCase())).to.equal('ONE\n  a\n  b\n');
  });

  it('wraps text with its indent, and the hang from the second line on', () => {
    const words = 'word '.repeat(30).trim();
    const [first = '', second = ''] = layOut([text(4, words, 3)]).split('\n');
    expect(first)
      .to.match(/^ {4}word/)
      .and.have.length(4 + 19 * 5 - 1);
    expect(second).to.match(/^ {7}word/);
  });

  it('keeps to the width, loses no word, and leaves a longer word whole', () => {
    const word = fc.stringMatching(/^[a-z]{1,120}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        const lines = layOut([text(4, words.join(' '), 2)])
          .trimEnd()
          .split('\n');
        expect(lines.flatMap((line) => line.trim().split(' '))).to.deep.equal(words);
        for (const line of lines) if (line.trim().includes(' ')) expect(line.length).to.be.at.most(WIDTH);
      }),
    );
  });

  it('leaves commands and log lines in one line, however long', () => {
    const command = `kubectl ${'x '.repeat(100)}y`;
    expect(layOut([verbatim(7, command)])).to.equal(`       ${command}\n`);
  });

  it('lets nothing steer the terminal or turn the writing around', () => {
    const evil = 'a\u001b[31mred\u001b[0m\u001b]0;title\u0007\r\nb\u202Ec\u200Bd\u0000e';
    for (const line of [text(0, evil), verbatim(0, evil), heading(evil)])
      expect(layOut([line])).to.equal('ared bcd e\n');
  });
});

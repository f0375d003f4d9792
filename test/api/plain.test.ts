import { expect } from 'chai';
import { plain } from '../../src/api/plain.ts';

describe('plain', () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'words of any language': ['Größe 名前 שלום 👋', 'Größe 名前 שלום 👋'],
    'colours and the cursor': ['\x1b[31;1mred\x1b[0m \x1b[2J\x1b[1;1Hhome', 'red home'],
    'the same in one byte': ['\x9b31mred', 'red'],
    'titles and links': [
      '\x1b]0;title\x07a \x1b]8;;https://x.test\x1b\\link\x1b]8;;\x1b\\ \x9d0;t\x9cb',
      'a link b',
    ],
    'short commands': ['\x1bcreset \x1b(Bset \x1b7save', 'reset set save'],
    'the bell, backspaces and the like': ['a\x07b\x08c\x00d\x7fe\x85f', 'a b c d e f'],
    'a command that does not end': ['a\x1b]0;title', 'a ]0;title'],
    'an escape character alone': ['a\x1b', 'a '],
    'lines and tabs': ['a\r\nb\tc\u2028d\u2029e', 'a b c d e'],
    'marks that turn the direction': ['a\u202eb\u2066c\u2069\u200fd\u061c', 'abcd'],
    'what hides itself': ['a\u200bb\u2060c\ufeffd\u00ade\u{e0041}', 'abcde'],
    'half a character': ['a\ud83d', 'a\ufffd'],
  };
  for (const [what, [words, shown]] of Object.entries(cases))
    it(`shows ${what}`, () => expect(plain(words)).to.equal(shown));

  it('says the same again of what it has said', () => {
    const nested = '\x1b\x1b[0m[31m \x1b]\x1b[0m0;x\x07';
    expect(plain(plain(nested))).to.equal(plain(nested));
    expect(plain(nested)).not.to.match(/[\p{Cc}\p{Cf}]/u);
  });

  it('takes no longer than the words are long', () => {
    for (const unit of ['\x1b]', '\x1b[0', '\x9d', '\x9b;', '\x1b ', '\x1b'])
      expect(plain(unit.repeat(200_000))).not.to.match(/\p{Cc}{2}/u);
  }).timeout(5000);
});

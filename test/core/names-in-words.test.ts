import { expect } from 'chai';
import { namesInWords } from '../../src/core/names-in-words.ts';

describe('namesInWords', () => {
  for (const [names, words] of [
    [[], ''],
    [['api'], 'api'],
    [['api', 'db'], 'api and db'],
    [['api', 'db', 'queue'], 'api, db and queue'],
    [['api', 'db', 'queue', 'cache'], 'api, db and 2 more'],
  ] as const) {
    it(`says ${words === '' ? 'nothing' : words} of ${names.length}`, () => {
      expect(namesInWords(names)).to.equal(words);
    });
  }
});

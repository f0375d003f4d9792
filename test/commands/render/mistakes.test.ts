import { expect } from 'chai';
import { renderWords, usualMistakes } from '../../scenarios/mistakes.ts';

describe('docs/guide/mistakes.md', () => {
  for (const mistake of usualMistakes()) {
    it(`tells what render says of: ${mistake.title}`, () => {
      expect(renderWords(mistake)).to.deep.equal(mistake.said.filter((line) => line.startsWith('render ')));
    });
  }

  it('says something of each', () => {
    const silent = usualMistakes().filter(
      ({ said }) => !said.some((line) => /^(render|status|apply) /.test(line)),
    );
    expect(silent.map(({ title }) => title)).to.deep.equal([]);
    expect(usualMistakes().length).to.be.at.least(12);
  });
});

import { expect } from 'chai';
import { nodeProblem } from '../src/node-version.ts';

describe('nodeProblem', () => {
  it('says of an older Node which one is needed', () => {
    for (const version of ['18.20.4', '20.19.2', '22.21.0', '9.0.0'])
      expect(nodeProblem(version)).to.match(new RegExp(`^this is Node ${version}, and Node 24 or newer`));
  });

  it('says nothing of the one that the tests run on, or a newer one', () => {
    for (const version of [process.versions.node, '24.0.0', '26.1.0', '100.0.0'])
      expect(nodeProblem(version)).to.equal(undefined);
  });
});

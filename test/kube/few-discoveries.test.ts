import { expect } from 'chai';
import { AT_A_TIME, fewDiscoveries } from '../../src/kube/few-discoveries.ts';
import { settled } from './manual-clock.ts';

describe('fewDiscoveries', () => {
  const open: (() => void)[] = [];
  const asked: string[] = [];
  const never = () => {
    throw new Error('nobody asks for it');
  };
  const requests = fewDiscoveries({
    resources: (group) => {
      asked.push(group);
      return new Promise((answer) => open.push(() => answer(group)));
    },
    pages: never,
    watch: never,
  });

  it('asks a few at a time, whatever number of them wait, and in the end all but those that are not wanted any more', async () => {
    const abort = new AbortController();
    const unwanted = requests
      .resources('first', 'v1')
      .then(() => requests.resources('late', 'v1', abort.signal));
    const refused = unwanted.then(
      () => undefined,
      (error: unknown) => error,
    );
    const all = Array.from({ length: 50 }, (_, index) => requests.resources(`g${index}`, 'v1'));
    await settled();
    expect(asked).to.have.length(AT_A_TIME);
    open.shift()?.();
    await settled();
    abort.abort(new Error('stopped'));
    for (let next = open.shift(); next; next = open.shift()) {
      next();
      await settled();
      expect(open.length).to.be.at.most(AT_A_TIME);
    }
    expect(await Promise.all(all)).to.deep.equal(all.map((_, index) => `g${index}`));
    expect(await refused)
      .to.be.an('error')
      .with.property('message', 'stopped');
    expect(asked).not.to.include('late');
  });
});

import { expect } from 'chai';
import { CustomResource } from '../../src/controller/custom-resource.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { definition, having, lacking } from '../api/definition.ts';
import { ManualClock, settled } from '../kube/manual-clock.ts';

const MINUTE = 60_000;

/** As the API server has it. */
function stored(resourceVersion: string, edit?: Parameters<typeof definition>[0]) {
  const crd = definition(edit);
  return { ...crd, metadata: { ...crd.metadata, resourceVersion } };
}

/** An API server that has this definition, or answers with a status. */
function rig(first: object | number) {
  const clock = new ManualClock();
  const server = { has: first };
  const said: string[] = [];
  const changes: number[] = [];
  const others: number[] = [];
  const say = (level: string) => (fields: unknown, words?: string) => {
    said.push(`${level}: ${words ?? String(fields)}`);
  };
  const resource = new CustomResource({
    requests: {
      get: async () => {
        if (typeof server.has === 'number')
          throw new ApiError({ status: server.has, reason: 'Unknown', message: 'no' });
        return server.has;
      },
    },
    clock,
    log: { info: say('info'), warn: say('warn') },
    onChange: () => changes.push(clock.now()),
    onOtherSchema: () => others.push(clock.now()),
  });
  return { clock, server, said, changes, others, resource };
}

const withoutLatch = lacking('status.targets.firstStart');

describe('CustomResource', () => {
  it('says nothing of the one of this release', async () => {
    const { resource, said, changes } = rig(stored('1'));
    expect(await resource.start()).to.equal(true);
    expect([resource.older, ...said, ...changes]).to.deep.equal([undefined]);
    resource.stop();
  });

  for (const [what, edit, path] of [
    ['status', withoutLatch, 'status.targets[].firstStart'],
    ['spec', lacking('spec.placement'), 'spec.placement'],
  ] as const)
    it(`says at its start that one without a field of the ${what} is older, and what to do`, async () => {
      const { resource, said } = rig(stored('1', edit));
      await resource.start();
      expect(resource.older?.lacking).to.deep.equal([path]);
      expect(said).to.deep.equal([
        `warn: the CustomResourceDefinition dependencygates.dependencygate.dev is older than the operator and keeps no ${path}: apply the one of the operator's release`,
      ]);
      resource.stop();
    });

  it('notices within a minute that it was upgraded, and says it once', async () => {
    const { resource, said, server, clock, changes } = rig(stored('1', withoutLatch));
    await resource.start();
    server.has = stored('2');
    await clock.advance(MINUTE);
    expect(resource.older).to.equal(undefined);
    await clock.advance(3 * MINUTE);
    expect(changes).to.have.length(2);
    expect(said.slice(1)).to.deep.equal([
      'info: the CustomResourceDefinition keeps all that this release writes again',
    ]);
    resource.stop();
  });

  for (const [what, first, then] of [
    ['has all fields again', withoutLatch, undefined],
    ['lacks a field', undefined, withoutLatch],
    ['has a field that is unknown to the operator', undefined, having('spec.tomorrow')],
  ] as const)
    it(`has gates listed again when it ${what}, and once more when every API server knows it`, async () => {
      const { resource, server, clock, others } = rig(stored('1', first));
      await resource.start();
      await clock.advance(2 * MINUTE);
      expect(others, 'at first').to.deep.equal([]);
      server.has = stored('2', then);
      await clock.advance(MINUTE);
      expect(others).to.have.length(1);
      await clock.advance(3 * MINUTE);
      expect(others.map((at) => at - (others[0] ?? 0))).to.deep.equal([0, 5000]);
      resource.stop();
    });

  it('has nothing listed again when something else of it changes', async () => {
    const { resource, server, clock, others } = rig(stored('1'));
    await resource.start();
    server.has = stored('2');
    await clock.advance(3 * MINUTE);
    expect(others).to.deep.equal([]);
    resource.stop();
  });

  it('calls one with more fields newer, and nothing else follows', async () => {
    const { resource, said, changes } = rig(stored('1', having('spec.tomorrow')));
    await resource.start();
    expect(resource.older).to.equal(undefined);
    expect(said.join()).to.match(/^info: the CustomResourceDefinition is newer than the operator/);
    expect(changes).to.deep.equal([]);
    resource.stop();
  });

  for (const status of [403, 404])
    it(`knows nothing of one that is answered by ${status}, and does not wait for it`, async () => {
      const { resource, said } = rig(status);
      expect(await resource.start()).to.equal(true);
      expect([resource.older, ...said]).to.deep.equal([undefined]);
      resource.stop();
    });

  it('does not wait for one that it cannot read, and says so', async () => {
    const { resource, said } = rig({ kind: 'CustomResourceDefinition' });
    expect(await resource.start()).to.equal(true);
    expect(said).to.deep.equal(['warn: the CustomResourceDefinition cannot be read']);
    resource.stop();
  });

  it('asks again soon where there is no answer, and what it knows holds', async () => {
    const { resource, server, clock } = rig(503);
    const started = resource.start();
    await settled();
    server.has = stored('1', withoutLatch);
    await clock.advance(5000);
    expect(await started).to.equal(true);
    server.has = 503;
    await clock.advance(2 * MINUTE);
    expect(resource.older?.lacking).to.deep.equal(['status.targets[].firstStart']);
    resource.stop();
  });
});

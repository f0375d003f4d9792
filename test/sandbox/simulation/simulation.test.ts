import { expect } from 'chai';
import { deployment, service } from './builders.ts';
import { Stage } from './stage.ts';

describe('startSimulation', () => {
  it('finds what was there before it', async () => {
    const stage = new Stage();
    await stage.cluster.create(deployment('web'));
    await stage.untilReady(1);
    stage.simulation.stop();
    await stage.patch('web', { replicas: 2 });
    const later = new Stage(stage.cluster);
    await later.untilReady(2);
    later.simulation.stop();
  });

  it('gives a Service its endpoints as its Pods come and go', async () => {
    const stage = new Stage();
    await stage.cluster.create(service('web'));
    await stage.cluster.create(deployment('web', { replicas: 2 }));
    const ready = () =>
      stage.cluster
        .all('EndpointSlice')
        .flatMap((slice) => slice.endpoints as { conditions: { ready: boolean } }[])
        .filter(({ conditions }) => conditions.ready).length;
    await stage.until('two endpoints', () => ready() === 2);
    await stage.patch('web', { replicas: 1 });
    await stage.until('one endpoint', () => ready() === 1);
    await stage.cluster.delete({ kind: 'Service', name: 'web' });
    await stage.clock.advance(1000);
    expect(stage.cluster.all('EndpointSlice')).to.have.length(0);
    stage.simulation.stop();
  });

  it('leaves no watch and nobody who waits for the clock when it stops', async () => {
    const stage = new Stage();
    const gate = { args: ['wait', 'dns', 'nowhere'] };
    const loop = { name: 'loop', command: ['sh', '-c', 'while true; do sleep 1; done'] };
    await stage.cluster.create(deployment('web', { init: [gate] }));
    await stage.cluster.create(deployment('looping', { init: [loop] }));
    await stage.cluster.create(deployment('broken', { app: { image: 'does-not-exist' } }));
    await stage.clock.advance(5000);
    expect(stage.clock.sleepers).to.be.above(3);
    stage.simulation.stop();
    await stage.clock.advance(50);
    expect(stage.clock.sleepers).to.equal(0);
    expect(stage.cluster.watches).to.equal(0);
    const { writes } = stage.cluster;
    await stage.clock.advance(60_000);
    expect(stage.cluster.writes).to.equal(writes);
  });
});

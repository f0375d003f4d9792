import { expect } from 'chai';
import { deployment } from './builders.ts';
import { Stage } from './stage.ts';

const NEVER = { args: ['wait', 'dns', 'nowhere'] };
const REVISION = 'deployment.kubernetes.io/revision';

describe('startDeployments', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.simulation.stop());
  const create = (spec: Parameters<typeof deployment>[1]) => stage.cluster.create(deployment('web', spec));
  const reason = (type: string) =>
    stage.deployment('web').status.conditions.find((condition) => condition.type === type)?.reason;

  it('brings up the Pods of a Deployment under their names, with their owners', async () => {
    await create({ replicas: 2 });
    await stage.untilReady(2);
    const [set] = stage.cluster.all('ReplicaSet');
    expect(set?.metadata.name).to.match(/^web-[0-9a-f]{10}$/);
    for (const { metadata } of stage.pods) {
      expect(metadata.name).to.match(new RegExp(`^${set?.metadata.name}-[a-z0-9]{5}$`));
      expect(metadata.ownerReferences).to.have.length(1);
      expect(metadata.ownerReferences[0]).to.include({
        kind: 'ReplicaSet',
        uid: set?.metadata.uid,
        controller: true,
      });
    }
  });

  it('reports what it has done', async () => {
    await create({ replicas: 2 });
    await stage.until('reported', () => reason('Progressing') === 'NewReplicaSetAvailable');
    const { status, metadata } = stage.deployment('web');
    expect(status).to.include({ observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2 });
    expect(status).to.include({ availableReplicas: 2 });
    expect(status).not.to.have.property('unavailableReplicas');
    expect(reason('Available')).to.equal('MinimumReplicasAvailable');
    expect(metadata.annotations).to.deep.equal({ [REVISION]: '1' });
  });

  it('writes nothing once all is settled', async () => {
    await create({ replicas: 3 });
    await stage.until('reported', () => reason('Progressing') === 'NewReplicaSetAvailable');
    await stage.clock.advance(2000);
    const { writes } = stage.cluster;
    await stage.clock.advance(60_000);
    expect(stage.cluster.writes).to.equal(writes);
  });

  it('keeps the old Pods for as long as the new one waits in its gate', async () => {
    await create({ replicas: 3, app: { image: 'v1' } });
    await stage.untilReady(3);
    await stage.patch('web', {
      template: { spec: { initContainers: [{ name: 'init', image: 'gate', ...NEVER }] } },
    });
    await stage.until('one Pod waits', () => stage.initStates.includes('running'));
    await stage.clock.advance(30_000);
    expect(stage.sizes).to.deep.equal([3, 1]);
    expect(stage.readyPods('v1')).to.have.length(3);
    expect(stage.deployment('web').status).to.include({
      replicas: 4,
      updatedReplicas: 1,
      unavailableReplicas: 1,
    });
  });

  it('rolls out with at least the desired Pods less the unavailable ready at any time', async () => {
    await create({ replicas: 4, app: { image: 'v1' } });
    await stage.untilReady(4);
    await stage.setImage('web', 'v2');
    let fewest = 4;
    await stage.until('rolled out', () => {
      fewest = Math.min(fewest, stage.readyPods().length);
      return stage.readyPods('v2').length === 4 && stage.pods.length === 4;
    });
    expect(fewest).to.equal(3);
  });

  it('follows changes of the template in quick succession, and ends with the last one', async () => {
    await create({ replicas: 2, app: { image: 'v1' } });
    for (const image of ['v2', 'v3', 'v4']) {
      await stage.clock.advance(100);
      await stage.setImage('web', image);
    }
    await stage.until('rolled out', () => stage.readyPods('v4').length === 2 && stage.pods.length === 2);
    expect(stage.deployment('web').metadata.annotations).to.deep.equal({ [REVISION]: '4' });
  });

  it('goes back to an earlier set when the template does, as the newest revision', async () => {
    await create({ app: { image: 'v1' } });
    await stage.untilReady(1, 'v1');
    await stage.setImage('web', 'v2');
    await stage.untilReady(1, 'v2');
    await stage.setImage('web', 'v1');
    await stage.until('rolled back', () => stage.readyPods('v1').length === 1 && stage.pods.length === 1);
    expect(stage.cluster.all('ReplicaSet')).to.have.length(2);
    expect(stage.deployment('web').metadata.annotations).to.deep.equal({ [REVISION]: '3' });
  });

  it('ends all old Pods first where the strategy is Recreate', async () => {
    await create({ replicas: 2, app: { image: 'v1' }, strategy: { type: 'Recreate' } });
    await stage.untilReady(2, 'v1');
    await stage.setImage('web', 'v2');
    await stage.until('the old ones are gone', () => stage.readyPods('v1').length === 0);
    expect(stage.readyPods('v2')).to.have.length(0);
    await stage.untilReady(2, 'v2');
  });

  it('scales up and down, giving up the Pods that are not ready first', async () => {
    await create({ replicas: 1 });
    await stage.untilReady(1);
    const [first] = stage.pods;
    await stage.patch('web', { replicas: 3 });
    await stage.until('three Pods', () => stage.pods.length === 3);
    await stage.patch('web', { replicas: 1 });
    await stage.until('one Pod', () => stage.pods.length === 1);
    expect(stage.pods[0]?.metadata.name).to.equal(first?.metadata.name);
    await stage.patch('web', { replicas: 0 });
    await stage.until('no Pod', () => stage.pods.length === 0);
  });

  it('does not roll out while it is paused, but scales', async () => {
    await create({ app: { image: 'v1' } });
    await stage.untilReady(1);
    await stage.patch('web', { paused: true });
    await stage.setImage('web', 'v2');
    await stage.patch('web', { replicas: 2 });
    await stage.untilReady(2, 'v1');
    expect(stage.sizes).to.deep.equal([2]);
    expect(reason('Progressing')).to.equal('DeploymentPaused');
    await stage.patch('web', { paused: false });
    await stage.untilReady(2, 'v2');
  });

  it('keeps as many old sets as the history may have', async () => {
    await create({ app: { image: 'v1' }, revisionHistoryLimit: 1 });
    await stage.untilReady(1, 'v1');
    for (const image of ['v2', 'v3', 'v4']) {
      await stage.setImage('web', image);
      await stage.until(image, () => stage.readyPods(image).length === 1 && stage.pods.length === 1);
    }
    await stage.clock.advance(1000);
    expect(stage.sizes).to.deep.equal([0, 1]);
  });

  it('says so when a rollout makes no progress until its deadline', async () => {
    await create({ init: [NEVER], progressDeadlineSeconds: 30 });
    await stage.until('waiting', () => stage.initStates[0] === 'running');
    await stage.clock.advance(25_000);
    expect(reason('Progressing')).to.equal('ReplicaSetUpdated');
    await stage.until('exceeded', () => reason('Progressing') === 'ProgressDeadlineExceeded', 10_000);
  });

  it('makes a Pod again that is deleted', async () => {
    await create({});
    await stage.untilReady(1);
    const [{ metadata: { name = '' } = {} } = {}] = stage.pods;
    await stage.cluster.delete({ kind: 'Pod', name });
    await stage.until('another Pod', () => stage.readyPods().some(({ metadata }) => metadata.name !== name));
    await stage.until('the old one is gone', () => stage.pods.length === 1);
  });

  it('gets over writes that are refused', async () => {
    await create({ replicas: 2 });
    stage.cluster.failures.push(409, 500, 409);
    await stage.untilReady(2);
    await stage.clock.advance(5000);
    expect(stage.pods).to.have.length(2);
  });

  it('never has a Pod too many, however late the watch tells', async () => {
    await create({ replicas: 10 });
    let most = 0;
    await stage.until('ready', () => {
      most = Math.max(most, stage.pods.length);
      return stage.readyPods().length === 10;
    });
    expect(most).to.equal(10);
  });

  it('is done with a Deployment that is deleted', async () => {
    await create({ init: [NEVER] });
    await stage.until('waiting', () => stage.initStates[0] === 'running');
    await stage.cluster.delete({ kind: 'Deployment', name: 'web' });
    await stage.until('all gone', () => stage.pods.length === 0 && stage.sizes.length === 0);
    await stage.clock.advance(5000);
    expect(stage.clock.sleepers).to.equal(0);
  });
});

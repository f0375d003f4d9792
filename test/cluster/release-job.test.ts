import { expect } from 'chai';
import { stringify } from 'yaml';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { useFolder, useProgram } from '../commands/programs.ts';
import { useNamespace } from '../scenarios/cluster.ts';
import { startRealCluster } from '../scenarios/real-cluster.ts';
import { end, migration, PodRecord, standing, VERSION, waiting, web } from '../scenarios/releases.ts';
import { told } from './first-starts/events.ts';
import { requirePrograms } from './programs.ts';
import { runCommand } from './run-command.ts';
import { useCluster } from './use.ts';

const BY_IMAGE = { matchPod: { image: true } };
const BY_LABEL = { matchPod: { labels: [VERSION] } };
const SELECTED = { selector: { matchLabels: { job: 'migrate' } }, ...BY_IMAGE };

/** Each story keeps a record of its Pods: none of a release is opened before that release's own Job has completed. */
describe("a release's own Job", function () {
  this.timeout(300_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startRealCluster);
  const here = useNamespace(cluster);
  let record: PodRecord;
  beforeEach(() => {
    record = new PodRecord(here());
  });
  afterEach(() => record.end());

  /** Waits until the operator has seen these Pods and said this of them. */
  const seen = (pods: string, said: RegExp) =>
    here().until(`${pods}, ${said}`, async () => {
      const { status } = await here().untilGate('first', { seen: said });
      return (await standing(here())) === pods && status ? true : undefined;
    });
  const completes = async (name: string, release: number) => {
    record.completes(release);
    await end(here(), name);
  };
  const isOpen = () => here().untilGate('first', { open: 'True/AllPassed' });
  const scale = (replicas: number) => here().patch('Deployment', 'web', { spec: { replicas } });
  /** The first release, open. */
  const begin = async (gate: KubeObject, job: string) => {
    await here().apply(gate, web(1), migration(job, 1));
    await completes(job, 1);
    await isOpen();
    await seen('1 | ', /migrate/);
  };

  it('opens no Pod of the next release where its name has the revision in it, in the order of helm and kubectl', async () => {
    await begin(waiting({ name: 'migrate-1', ...BY_IMAGE }), 'migrate-1');
    await here().apply(web(2));
    await seen('1 | 2', /^migrate: Job migrate-1 is not the Pod's own, by image$/);
    await here().apply(migration('migrate-2', 2), waiting({ name: 'migrate-2', ...BY_IMAGE }));
    await seen('1 | 2', /^migrate: Job migrate-2: 0 of 1 Pods succeeded/);
    await completes('migrate-2', 2);
    await seen('2 | ', /Job migrate-2 completed/);
    for (const name of ['migrate-1', 'migrate-2']) await here().delete('Job', name);
    await cluster().operator.stop();
    await cluster().operator.start();
    // A week later: more of the same release, and then the one before it.
    await scale(2);
    await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2' });
    await here().apply(waiting({ name: 'migrate-1', ...BY_IMAGE }), web(1));
    await seen('1 | ', /Job migrate-1 completed, and is gone since/);
    expect(await record.end()).to.deep.equal([1, 2]);
  });

  it('that failed keeps its own release back, and not the Pods of the one before that are made again', async () => {
    await begin(waiting({ name: 'migrate', ...BY_LABEL }), 'migrate');
    await here().apply(web(2));
    await seen('1 | 2', /^migrate: Job migrate is not the Pod's own, by label/);
    await here().delete('Job', 'migrate');
    await here().untilGone('Job', 'migrate');
    await here().apply(migration('migrate', 2));
    await end(here(), 'migrate', 'Failed');
    await here().untilGate('first', { open: 'False/DependencyFailed', dependencies: 'migrate Failed' });
    const [old] = (await here().pods('web')).filter(({ metadata }) => metadata.labels[VERSION] === '1');
    await here().delete('Pod', old?.metadata.name ?? '');
    await here().until('it is made again, and opened', async () => {
      const again = (await here().pods('web')).find(({ metadata }) => metadata.labels[VERSION] === '1');
      return again?.metadata.uid !== old?.metadata.uid && (await standing(here())) === '1 | 2'
        ? true
        : undefined;
    });
    await here().untilGate('first', { open: 'False/DependencyFailed', pods: '1/2' });
    await here().delete('Job', 'migrate');
    await here().untilGone('Job', 'migrate');
    await here().apply(migration('migrate', 2));
    await completes('migrate', 2);
    await seen('2 | ', /Job migrate completed/);
    expect(await record.end()).to.deep.equal([1, 2]);
  });

  it('is found by its labels where its name has a hash in it, also where it was deleted before there were Pods', async () => {
    await here().apply(waiting(SELECTED), web(1, 0), migration('migrate-5f3a', 1));
    await here().untilGate('first', { ready: 'True/InForce', targets: 'web Current' });
    await completes('migrate-5f3a', 1);
    await here().untilGate('first', { seen: 'migrate: Job migrate-5f3a completed' });
    await here().delete('Job', 'migrate-5f3a');
    await scale(1);
    await seen('1 | ', /Job migrate-5f3a completed, and is gone since/);
    await here().apply(web(2));
    await seen('1 | 2', /^migrate: of 1 Job with job=migrate none is the Pod's own, by image$/);
    await here().apply(migration('migrate-9c1e', 2));
    await completes('migrate-9c1e', 2);
    await seen('2 | ', /Job migrate-9c1e completed/);
    expect(await record.end()).to.deep.equal([1, 2]);
  });

  it('may be matched by an expression over both', async () => {
    const expression = `object.metadata.labels["${VERSION}"] == pod.labels["${VERSION}"] && object.status.succeeded == 1`;
    await begin(waiting({ name: 'migrate', expression }), 'migrate');
    await here().apply(web(2));
    await seen('1 | 2', /^migrate: Job migrate: the expression is false$/);
    await here().delete('Job', 'migrate');
    await here().untilGone('Job', 'migrate');
    await here().apply(migration('migrate', 2));
    await completes('migrate', 2);
    await seen('2 | ', /migrate/);
    await here().apply(web(1));
    await seen('1 | ', /migrate/);
    expect(await record.end()).to.deep.equal([1, 2]);
  });

  describe('by its name alone', () => {
    const early = async () =>
      (await here().gate('first')).status.dependencies?.map(({ openedEarly = 0 }) => openedEarly);
    /** Times of the API server are whole seconds. */
    const nextSecond = async () => {
      const now = Math.floor(Date.now() / 1000);
      await here().until('a second is over', () => (Math.floor(Date.now() / 1000) > now ? true : undefined));
    };
    const passes = async (release: number) => {
      await here().apply(web(release));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', older: 0 });
      await seen(`${release} | `, /Job migrate completed/);
      await here().until('only its Pods are left', async () =>
        (await here().pods('web')).length === 1 ? true : undefined,
      );
      await nextSecond();
    };
    const again = async (release: number) => {
      await here().delete('Job', 'migrate');
      await here().untilGone('Job', 'migrate');
      await here().apply(migration('migrate', release));
      await completes('migrate', release);
      await nextSecond();
    };

    it('is told of where it came after its Pods, and not where it came before them', async () => {
      await here().apply(waiting({ name: 'migrate' }), migration('migrate', 1));
      await completes('migrate', 1);
      await nextSecond();
      await passes(1);
      await again(2);
      await passes(2);
      expect(await early(), 'of a hook before the upgrade').to.deep.equal([0]);
      // The record is of wrong openings, and this one is to be.
      record.completes(3);
      await passes(3);
      expect(await early(), 'while nobody knows of its Job').to.deep.equal([0]);
      await again(3);
      const [note] = await here().until('an Event tells of it', async () => {
        const found = await told(here(), 'OpenedEarly');
        return found.length > 0 ? found.map(({ note }) => note) : undefined;
      });
      expect(note).to.contain('dependency migrate: the Job of an earlier release let 1 Pod through');
      expect(await early()).to.deep.equal([1]);
      await here().untilGate('first', { open: 'True/AllPassed' });
      await cluster().operator.stop();
      await cluster().operator.start();
      await again(4);
      await passes(4);
      expect(await early(), 'of the next release').to.deep.equal([0]);
      expect(await told(here(), 'OpenedEarly')).to.have.length(1);
    });
  });

  describe('with kubectl apply -k', () => {
    const folder = useFolder();

    it('is waited for, although its Deployment is written first and its gate last', async () => {
      const apply = async (release: number) => {
        const name = `migrate-${release}`;
        const objects = [waiting({ name, ...BY_LABEL }), migration(name, release), web(release)];
        folder.write({
          'kustomization.yaml': stringify({ resources: ['all.yaml'] }),
          'all.yaml': objects.map((one) => stringify(one, { aliasDuplicateObjects: false })).join('---\n'),
        });
        await here().kubectl(['apply', '-k', folder.path]);
      };
      await here().apply(waiting({ name: 'migrate-1', ...BY_LABEL }));
      await apply(1);
      await completes('migrate-1', 1);
      await isOpen();
      await apply(2);
      await seen('1 | 2', /^migrate: Job migrate-2: 0 of 1 Pods succeeded/);
      await completes('migrate-2', 2);
      await seen('2 | ', /Job migrate-2 completed/);
      expect(await record.end()).to.deep.equal([1, 2]);
    });
  });

  describe('with helm', () => {
    const helm = useProgram('helm');
    const folder = useFolder();
    const upgrade = async (...objects: readonly KubeObject[]) => {
      folder.write({
        'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\n',
        ...Object.fromEntries(
          objects.map((one) => [
            `chart/templates/${one.kind}.yaml`,
            stringify(one, { aliasDuplicateObjects: false }),
          ]),
        ),
      });
      await run('upgrade', '--install', 'shop', `${folder.path}/chart`);
    };
    const run = async (...args: readonly string[]) => {
      const access = [`--kubeconfig=${cluster().controlPlane.kubeconfig}`, `--namespace=${here().name}`];
      const program = ['env', `HOME=${folder.path}`, helm(), ...args, '--timeout=100s', ...access];
      await runCommand(program, { limitMs: 120_000 });
    };
    const hook = (when: string) => ({
      annotations: { 'helm.sh/hook': when, 'helm.sh/hook-delete-policy': 'before-hook-creation' },
    });

    it('is waited for as a hook of one name before upgrades, and a release that is rolled back to is opened by its own', async () => {
      const gate = waiting({ name: 'migrate', ...BY_IMAGE });
      const release = async (number: number) => {
        const upgraded = upgrade(
          gate,
          web(number),
          migration('migrate', number, hook('pre-install,pre-upgrade')),
        );
        const isOwn = async () =>
          JSON.stringify(await here().get('Job', 'migrate')).includes(`app:${number}`) || undefined;
        await here().until('its own Job is there', isOwn);
        await completes('migrate', number);
        await upgraded;
      };
      await release(1);
      await here().untilGate('first', { ready: 'True/InForce', open: 'True/AllPassed' });
      await release(2);
      await seen('2 | ', /Job migrate completed/);
      await run('rollback', 'shop', '1');
      await seen('1 | ', /Job migrate completed/);
      expect(await record.end()).to.deep.equal([1, 2]);
    });

    it('is waited for as a hook of one name after upgrades, while that of the release before is still there', async () => {
      const gate = waiting({ name: 'migrate', ...BY_IMAGE });
      const late = hook('post-install,post-upgrade');
      const installed = upgrade(gate, web(1), migration('migrate', 1, late));
      await completes('migrate', 1);
      await installed;
      await seen('1 | ', /Job migrate completed/);
      const { uid } = (await here().workload('migrate', 'Job')).metadata;
      const upgraded = upgrade(gate, web(2), migration('migrate', 2, late));
      await here().until('its own Job is there', async () => {
        const job = await here().get('Job', 'migrate');
        return job !== undefined && !JSON.stringify(job).includes(uid) ? true : undefined;
      });
      await seen('1 | 2', /^migrate: Job migrate: 0 of 1 Pods succeeded/);
      await completes('migrate', 2);
      await upgraded;
      await seen('2 | ', /Job migrate completed/);
      expect(await record.end()).to.deep.equal([1, 2]);
    });
  });
});

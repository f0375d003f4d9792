import { expect } from 'chai';
import { SETTLE_MS } from '../../src/controller/admission/audit.ts';
import { cronJob, daemonSet, deployment, dns, gate, statefulSet } from '../scenarios/manifests.ts';
import { describeWith } from './describe-with.ts';
import {
  startGatedCluster,
  startWatchedCluster,
  useStory,
  type WatchedCluster,
} from './first-starts/cluster.ts';
import { told } from './first-starts/events.ts';
import { job } from './first-starts/manifests.ts';
import { INJECTED_IMAGE, INJECTING, INJECTING_FLAGS, injected, injectors } from './injectors.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES } from './versions.ts';

const [CERTS, OURS] = ['fetch-certs', 'dgate-first--api'];
const init = (name: string) => ({ name, image: 'registry.example/app:1' });
const having = (...names: readonly string[]) => ({ pod: { initContainers: names.map(init) } });
const web = (...own: readonly string[]) => deployment('web', having(...own));
const first = (...targets: readonly string[]) => gate('first', targets, [dns('api')]);
const IN_FORCE = { ready: 'True/InForce', stalled: '-', open: 'False/Waiting' } as const;

/** A cluster on which other programs inject, and what can be asked of a workload there. */
function useInjectors(start: () => Promise<WatchedCluster>) {
  const cluster = useCluster(
    () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
    async () => {
      const started = await start();
      const items = injectors();
      await started.controlPlane.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      return started;
    },
  );
  const story = useStory(cluster);
  const { here, settle } = story;
  const initsOf = async (what: string) =>
    (await here().kubectl(['get', what, '-o=jsonpath={..initContainers[*].name}'])).split(' ').join();
  const generationOf = (what: string) => here().kubectl(['get', what, '-o=jsonpath={.metadata.generation}']);
  const until = (what: string, ...names: readonly string[]) =>
    here().until(`${what} has ${names}`, async () => {
      const found = await initsOf(what);
      if (found === names.join()) return true;
      throw new Error(`it has ${found}`);
    });
  /** What the operator has stored, dry-runs apart. */
  const patches = (plural: string) =>
    here()
      .writes()
      .filter(({ path, query }) => path.includes(`/${plural}/`) && !query.includes('dryRun')).length;
  /** Whether the operator leaves a workload as it is: now, and after it was started again. */
  const isLeftAlone = async (what: string, plural = `${what.split('/')[0]}s`) => {
    await settle('first');
    const [generation, before] = [await generationOf(what), patches(plural)];
    await cluster().operator.stop();
    await cluster().operator.start();
    await settle('first');
    await settle('first');
    await here().untilGate('first', { ready: 'True/InForce', stalled: '-' });
    expect([await generationOf(what), patches(plural)]).to.deep.equal([generation, before]);
  };
  beforeEach('the injectors act', async () => {
    for (const name of ['one', 'mover'] as const) {
      const manifest = JSON.stringify(injected(name, web('own', 'migrate')));
      await here().until(`injector ${name} acts`, async () => {
        const args = ['create', '--dry-run=server', '-o=jsonpath={..initContainers[0].name}', '-f=-'];
        return (await here().kubectl(args, manifest)) === 'own' ? undefined : true;
      });
    }
  });
  return { cluster, ...story, until, generationOf, patches, isLeftAlone };
}

type Injectors = ReturnType<typeof useInjectors>;

/** Wherever the gates' containers are placed: by the operator's patch, or by policies when others write. */
function stories({ cluster, here, until, generationOf, patches, isLeftAlone }: Injectors): void {
  const isInForce = () => here().untilGate('first', IN_FORCE);

  for (const [injector, names] of [
    ['one', [CERTS, OURS, 'own']],
    ['two', [CERTS, 'trust-certs', OURS, 'own']],
    ['around', [CERTS, OURS, 'own', 'check-certs']],
    ['early', [CERTS, OURS, 'own']],
    ['missing', [OURS, CERTS, 'own']],
  ] as const) {
    it(`of the injector "${injector}" are no dispute, and the target's own come after ours`, async () => {
      await here().create(injected(injector, web('own')));
      await here().create(first('web'));
      await isInForce();
      await until('deployment/web', ...names);
      expect(await generationOf('deployment/web')).to.equal('2');
      await isLeftAlone('deployment/web');
    });
  }

  it('are no dispute for a target that comes after its gate', async () => {
    await here().create(first('web'));
    await here().untilGate('first', { ready: 'True/InForce' });
    await here().create(injected('one', web('own')));
    await isInForce();
    await until('deployment/web', CERTS, OURS, 'own');
    await isLeftAlone('deployment/web');
  });

  it('do not keep an own one first that its author puts there: it comes after ours', async () => {
    await here().apply(injected('one', web('own')));
    await here().create(first('web'));
    await isInForce();
    await here().apply(injected('one', web('new', 'own')));
    await until('deployment/web', CERTS, OURS, 'new', 'own');
    await isInForce();
    await isLeftAlone('deployment/web');
  });

  it('are no dispute with two gates, of which one comes later and one goes', async () => {
    await here().create(injected('one', web('own')), first('web'));
    await isInForce();
    await here().create(gate('earlier', ['web'], [dns('db')]));
    await until('deployment/web', CERTS, 'dgate-earlier--db', OURS, 'own');
    await here().untilGate('earlier', { ready: 'True/InForce' });
    await isInForce();
    await here().delete('DependencyGate', 'earlier');
    await here().untilGone('DependencyGate', 'earlier');
    await until('deployment/web', CERTS, OURS, 'own');
    await isLeftAlone('deployment/web');
  });

  for (const [what, object, plural] of [
    ['statefulset/web', statefulSet('web', having('own')), 'statefulsets'],
    ['daemonset/web', daemonSet('web', having('own')), 'daemonsets'],
    ['cronjob/web', cronJob('web'), 'cronjobs'],
  ] as const) {
    it(`are no dispute in a ${object.kind}`, async () => {
      await here().create(injected('one', object));
      await here().create(first(`${object.kind}/web`));
      await here().untilGate('first', {
        ready: 'True/InForce',
        stalled: '-',
        targets: /web (Current|Rolling)/,
      });
      await until(what, CERTS, OURS, ...(object.kind === 'CronJob' ? [] : ['own']));
      expect(await generationOf(what)).to.equal('2');
      await isLeftAlone(what, plural);
    });
  }

  it('may be in the manifest of the target too', async () => {
    const initContainers = [{ ...init(CERTS), image: INJECTED_IMAGE }, init('own')];
    const both = injected('one', deployment('web', { pod: { initContainers } }));
    await here().apply(both);
    await here().create(first('web'));
    await isInForce();
    await until('deployment/web', CERTS, OURS, 'own');
    await here().apply(both);
    await isLeftAlone('deployment/web');
  });

  it('may get other names', async () => {
    await here().create(injected('versioned', web('own'), { certs: 'v1' }), first('web'));
    await isInForce();
    await until('deployment/web', 'certs-v1', OURS, 'own');
    const before = patches('deployments');
    await here().kubectl(['label', 'deployment/web', 'certs=v2', '--overwrite']);
    await until('deployment/web', 'certs-v2', OURS, 'own');
    await isInForce();
    await isLeftAlone('deployment/web');
    expect(patches('deployments')).to.equal(before);
  });

  it('that are new with each write are refused by the guard, in words, and nothing is rolled', async () => {
    await here().create(injected('restless', web('own')), first('web'));
    await here().untilGate('first', {
      ready: 'False/TargetRefused',
      stalledMessage: /own init containers: where a mutating webhook or policy changes more/,
    });
    expect(await generationOf('deployment/web')).to.equal('1');
  });

  it('come after ours once nobody puts them first any more, when the template changes', async () => {
    await here().create(injected('one', web('own')), first('web'));
    await isInForce();
    await here().kubectl(['label', 'deployment/web', 'test/injector-']);
    await until('deployment/web', CERTS, OURS, 'own');
    await here().kubectl(['set', 'image', 'deployment/web', 'app=registry.example/app:2']);
    await until('deployment/web', OURS, CERTS, 'own');
    await isInForce();
    await isLeftAlone('deployment/web');
  });

  it('are no concern where they come into Pods only', async () => {
    const pod = { metadata: { labels: { app: 'web', 'test/injector': 'one' } } };
    const object = web('own');
    await here().create(object);
    await here().patch('Deployment', 'web', { spec: { template: pod } });
    await here().create(first('web'));
    await isInForce();
    await until('deployment/web', OURS, 'own');
    await here().until('a Pod has the injected one first', async () => {
      const pods = await here().pods('web');
      const names = pods.map(({ spec }) => spec.initContainers.map(({ name }) => name).join());
      return names.includes(`${CERTS},${OURS},own`) ? true : undefined;
    });
    await isLeftAlone('deployment/web');
  });

  it("that are the target's own stay a dispute, which says what is undone and that admission does it", async () => {
    await here().create(injected('mover', web('own', 'migrate')), first('web'));
    const { status } = await here().untilGate('first', {
      ready: 'False/Conflict',
      stalledMessage: /admission webhook or policy.*: wrong order: migrate comes before dgate-first--api/,
    });
    expect(status.targets?.[0]).to.include({ state: 'Pending' });
    expect(await here().replicaSets('web')).to.have.length(2);
  });

  it('ended in no defect', () => expect(cluster().operator.errors).to.be.empty);
}

describeWith(INJECTING, 'init containers that admission puts first', function () {
  this.timeout(180_000);
  stories(useInjectors(() => startWatchedCluster(INJECTING_FLAGS)));
});

describeWith(MUTATING_POLICIES, 'init containers that admission puts first, with the policies', function () {
  this.timeout(180_000);
  const injectors = useInjectors(startGatedCluster);
  stories(injectors);
  const { cluster, here, untilInForce, settle, until, generationOf } = injectors;

  it('come into targets as these are created, and no write of others counts as one that the policies missed', async () => {
    await here().create(first('web', 'Job/once', 'CronJob/often'));
    await untilInForce(injected('one', web('own')), 'first');
    await here().create(...[web('own'), job('once'), cronJob('often')].map((one) => injected('one', one)));
    await here().untilGate('first', { ...IN_FORCE, targets: /^web Current, once Current, often Current$/ });
    await until('deployment/web', CERTS, OURS, 'own');
    await until('job/once', CERTS, OURS);
    await until('cronjob/often', CERTS, OURS);
    for (const image of ['app:2', 'app:3', 'app:4'])
      await here().kubectl(['set', 'image', 'deployment/web', `app=registry.example/${image}`]);
    const from = Date.now();
    await here().until('what was found has settled', () =>
      Date.now() > from + 2 * SETTLE_MS ? true : undefined,
    );
    expect(await told(here(), 'AdmissionSkipped')).to.deep.equal([]);
    expect(await cluster().operator.gauge('dependency_gate_admission_acting')).to.equal(1);
    expect(await generationOf('deployment/web'), 'by nobody but kubectl').to.equal('4');
  });

  it('are nothing to wait for with updatePolicy OnNextRollout', async () => {
    await here().create(gate('first', ['web'], [dns('api')], { updatePolicy: 'OnNextRollout' }));
    await untilInForce(injected('one', web('own')), 'first');
    await here().create(injected('one', web('own')));
    await here().untilGate('first', { ...IN_FORCE, targets: 'web Current' });
    await cluster().operator.stop();
    await cluster().operator.start();
    await settle('first');
    await here().untilGate('first', { ...IN_FORCE, targets: 'web Current' });
    expect(await generationOf('deployment/web')).to.equal('1');
  });
});

import { expect } from 'chai';
import { z } from 'zod';
import { inject } from '../../src/api/policies/inject-policy.ts';
import type { PolicyObject } from '../../src/api/policies/policy.ts';
import { CACHE_LAG_MS } from '../../src/core/admission/written.ts';
import { cronJob, deployment, dns, gate } from '../scenarios/manifests.ts';
import { initNames } from '../scenarios/views.ts';
import { describeWith } from './describe-with.ts';
import { startGatedCluster, useStory } from './first-starts/cluster.ts';
import { told, untilTold } from './first-starts/events.ts';
import { job, PASSING } from './first-starts/manifests.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES, meets, type Need, versionUnderTest } from './versions.ts';

const OBJECT_VALUES_REFUSED: Need = { what: 'no part of the object in a patch', from: 37 };
const SKIPPED = 'AdmissionSkipped';
const POLICY = 'mutatingadmissionpolicy/dependencygate-inject';
const BINDING = 'mutatingadmissionpolicybinding/dependencygate-inject';
/** Times of objects have whole seconds. */
const WELL_AFTER_MS = CACHE_LAG_MS + 2000;

const specSchema = z.looseObject({
  matchConditions: z.array(z.looseObject({ name: z.string(), expression: z.string() })),
  mutations: z.tuple([z.looseObject({ jsonPatch: z.object({ expression: z.string() }) })]),
});

/** The policy with one condition more. */
function withCondition(expression: string): PolicyObject {
  const [policy] = inject().objects;
  const spec = specSchema.parse(policy.spec);
  return {
    ...policy,
    spec: { ...spec, matchConditions: [...spec.matchConditions, { name: 'error', expression }] },
  };
}

/** The policy with another patch first. */
function withPatch(first: string): PolicyObject {
  const [policy] = inject().objects;
  const spec = specSchema.parse(policy.spec);
  const [mutation] = spec.mutations;
  const expression = `${first} + (${mutation.jsonPatch.expression})`;
  return { ...policy, spec: { ...spec, mutations: [{ ...mutation, jsonPatch: { expression } }] } };
}

/** As policies before this release had them: a patch with a part of the object as its value, which 1.37 cannot take. */
const OLDER_RELEASE = withPatch(
  "[JSONPatch{op: 'add', path: '/spec/template/spec/containers', value: dyn(object.spec.template.spec.containers)}]",
);
const WRONG_FIELD = withPatch(
  "(object.spec.template.spec.containers[0].nothing == 'x' ? [] : [JSONPatch{op: 'remove', path: '/nothing'}])",
);

/** The policies are there, and what they do is not what they are for. */
describeWith(MUTATING_POLICIES, 'admission that does not act', function () {
  this.timeout(180_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startGatedCluster);
  const { here, untilInForce } = useStory(cluster);
  const apply = (policy: PolicyObject) => cluster().controlPlane.apply(JSON.stringify(policy));
  const gauge = (name: string, labels = {}) =>
    cluster().operator.gauge(`dependency_gate_admission_${name}`, labels);
  const skipped = (cause: string) => gauge('skipped_total', { cause });
  /** Caches of the API server may be behind: what is written now is written when they are not. */
  const untilWellAfter = async () => {
    const from = Date.now();
    await here().until('caches are not behind any more', () =>
      Date.now() >= from + WELL_AFTER_MS ? true : undefined,
    );
  };
  const untilPlaced = (wanted: boolean, name: string) =>
    here().until(`the policy ${wanted ? 'acts' : 'does not act'} on ${name}`, async () => {
      const made = await here().kubectl(
        ['create', '--dry-run=server', '-o=json', '-f=-'],
        JSON.stringify(deployment(name)),
      );
      return made.includes('gate.dependencygate.dev/first') === wanted ? true : undefined;
    });
  const untilPatched = (name: string) =>
    here().untilWorkload(name, 'is patched', (one) => initNames(one).includes('dgate-first--api'));
  const untilGauge = (name: string, value: number) =>
    here().until(`${name} is ${value}`, async () => ((await gauge(name)) === value ? true : undefined));

  const untilWarned = (words: RegExp) =>
    here().until(`the log has ${words}`, () =>
      cluster().operator.warnings.some((line) => words.test(line)) ? true : undefined,
    );

  const linesOfIdle = () =>
    cluster().operator.warnings.filter((line) => line.startsWith('admission does not act')).length;

  beforeEach('the policies of this release', async () => {
    for (const one of inject().objects) await apply(one);
  });

  it('tells of each target once, and of all after three in a row; one that comes gated ends it', async () => {
    await here().create(
      gate('first', ['bad-1', 'Job/bad-2', 'good'], [dns('api')]),
      gate('later', ['poller'], [PASSING], { updatePolicy: 'OnNextRollout' }),
    );
    await untilInForce(deployment('bad-1'), 'first');
    await apply(withCondition("!object.metadata.name.startsWith('bad') || object.spec.nothing == 1"));
    await untilPlaced(false, 'bad-1');
    await untilWellAfter();
    const before = (await skipped('policy_differs')) ?? 0;
    const linesBefore = linesOfIdle();

    await here().create(deployment('bad-1'));
    const event = await untilTold(here(), SKIPPED);
    expect(event.regarding).to.include({ kind: 'Deployment', name: 'bad-1' });
    expect(event).to.include({ type: 'Warning' });
    expect(event.note).to.match(/without the containers of gate first.*not that of this release/);
    await untilPatched('bad-1');
    const withoutThem = { template: { spec: { initContainers: null } } };
    await here().patch('Deployment', 'bad-1', {
      metadata: { labels: { applied: 'again' } },
      spec: withoutThem,
    });
    await here().until('the removal is counted', async () =>
      (await skipped('policy_differs')) === before + 2 ? true : undefined,
    );
    expect(await gauge('acting')).to.equal(1);

    await here().create(job('bad-2'));
    await untilGauge('acting', 0);
    expect(await gauge('installed')).to.equal(1);
    await here().until('both are told of', async () => {
      const names = (await told(here(), SKIPPED)).map(({ regarding }) => regarding.name).sort();
      return names.join() === 'bad-1,bad-2' ? true : undefined;
    });
    await here().untilGate('later', {
      ready: 'False/NoAdmission',
      stalledMessage: /policies that act, and they do not: .*not that of this release/,
    });
    await here().untilGate('first', {
      ready: 'True/InForce',
      readyMessage: /admission does not act/,
    });
    expect(linesOfIdle() - linesBefore, 'lines in the log').to.equal(1);

    await here().create(deployment('good'));
    await untilGauge('acting', 1);
    expect(initNames(await here().workload('good'))).to.deep.equal(['dgate-first--api']);
    await here().untilGate('later', { ready: 'True/InForce', stalled: '-' });
    await here().untilGate('first', {
      readyMessage:
        /^[^;]*carry the containers(; created without them: Job bad-2)?; first starts are gated by admission; policies that are not those of the operator's release, .*: dependencygate-inject$/,
    });
  });

  for (const [what, policy, isRefused] of [
    ['with a field in its patch that there is not', WRONG_FIELD, true],
    ['of an older release', OLDER_RELEASE, meets(versionUnderTest(), OBJECT_VALUES_REFUSED)],
  ] as const) {
    it(`tells of a policy ${what}, ${isRefused ? 'and the operator patches' : 'which acts on this Kubernetes'}`, async () => {
      await here().create(gate('first', ['pinger', 'probe'], [dns('api')]));
      await untilInForce(deployment('pinger'), 'first');
      await apply(policy);
      await untilWarned(/policies are not those of this release/);
      if (isRefused) await untilPlaced(false, 'probe');
      await untilWellAfter();
      const before = (await skipped('policy_differs')) ?? 0;
      await here().create(deployment('pinger'));
      await untilPatched('pinger');
      await untilWellAfter();
      expect(await skipped('policy_differs')).to.equal(before + (isRefused ? 1 : 0));
      expect(await told(here(), SKIPPED)).to.have.length(isRefused ? 1 : 0);
    });
  }

  it('says nothing of what is written before a gate is in force, by the operator, or gated', async () => {
    await here().create(deployment('pinger'));
    await here().create(gate('first', ['pinger', 'poller', 'CronJob/nightly'], [dns('api')]));
    await untilPatched('pinger');
    await untilWellAfter();
    await here().kubectl(['set', 'image', 'deployment/pinger', 'app=registry.example/app:2']);
    await here().create(deployment('poller'), cronJob('nightly'));
    await untilWellAfter();
    expect(await told(here(), SKIPPED)).to.be.empty;
  });

  it('is told where the binding is gone, although the policy is there', async () => {
    await here().create(gate('later', ['poller'], [PASSING], { updatePolicy: 'OnNextRollout' }));
    await here().untilGate('later', { ready: 'True/InForce' });
    await cluster().controlPlane.kubectl(['delete', BINDING]);
    await untilGauge('installed', 0);
    expect(await gauge('acting')).to.equal(0);
    await here().untilGate('later', { ready: 'False/NoAdmission' });
    expect(await cluster().controlPlane.kubectl(['get', POLICY, '-o=name'])).to.contain(
      'dependencygate-inject',
    );
  });
});

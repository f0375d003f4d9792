import { expect } from 'chai';
import { injectCronJob } from '../../src/api/policies/inject-cronjob.ts';
import { inject } from '../../src/api/policies/inject-policy.ts';
import { CACHE_LAG_MS } from '../../src/core/admission/written.ts';
import { read } from '../config/manifests.ts';
import { useNamespace } from '../scenarios/cluster.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { startRealCluster } from '../scenarios/real-cluster.ts';
import type { ControlPlane } from './control-plane.ts';
import { describeWith } from './describe-with.ts';
import { eventually } from './eventually.ts';
import { told } from './first-starts/events.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';
import { MUTATING_POLICIES } from './versions.ts';

const SKIPPED = 'AdmissionSkipped';
/** An API server asks so often which kinds there are, from its start on. */
const DISCOVERY_S = 30;
/** How far into that the custom resource is applied: the API server has just asked. */
const JUST_ASKED = { from: 4, to: 8 };

/** Applies the policy before there is the kind of its parameters, which the API server has just looked for in vain. */
async function policyFirst(controlPlane: ControlPlane): Promise<void> {
  await controlPlane.apply(read('config/operator/namespace.yaml'));
  for (const one of [...inject().objects, ...injectCronJob().objects])
    await controlPlane.apply(JSON.stringify(one));
  const metrics = await controlPlane.kubectl(['get', '--raw', '/metrics']);
  const startedAt = Number(/^process_start_time_seconds (\S+)$/m.exec(metrics)?.[1]);
  await eventually('the API server has just asked for kinds', (DISCOVERY_S + 10) * 1000, async () => {
    const into = (Date.now() / 1000 - startedAt) % DISCOVERY_S;
    return into >= JUST_ASKED.from && into <= JUST_ASKED.to ? true : undefined;
  });
}

describeWith(
  MUTATING_POLICIES,
  'admission on an API server that does not know the kind of the parameters yet',
  function () {
    this.timeout(180_000);
    const cluster = useCluster(
      () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
      () => startRealCluster({}, policyFirst),
    );
    const here = useNamespace(cluster);
    const skipped = () =>
      cluster().operator.gauge('dependency_gate_admission_skipped_total', { cause: 'crd_new' });

    /** Whether it comes with the containers, as the answer to its creation says: the operator patches it a moment later. */
    const comesGated = async (name: string, ...flags: readonly string[]) => {
      const manifest = JSON.stringify(deployment(name));
      const made = await here().kubectl(['create', ...flags, '-o=json', '-f=-'], manifest);
      return made.includes('dgate-first--api');
    };

    /** Where the machine is so slow that the API server has asked again meanwhile, there is nothing to be told of. */
    it('is told of each target, and taken for nothing that stays', async () => {
      const names = ['a', 'b', 'c', 'd'];
      await here().create(gate('first', [...names, 'last'], [dns('api')]));
      await here().untilGate('first', { ready: 'True/InForce' });
      const inForce = Date.now();
      await here().until('caches are not behind any more', () =>
        Date.now() >= inForce + CACHE_LAG_MS + 2000 ? true : undefined,
      );
      const ungated: string[] = [];
      for (const name of names) if (!(await comesGated(name))) ungated.push(name);
      await here().until('all are counted', async () =>
        (await skipped()) === ungated.length ? true : undefined,
      );
      const events = await here().until('all are told', async () => {
        const all = await told(here(), SKIPPED);
        return all.length === ungated.length ? all : undefined;
      });
      expect(events.map(({ regarding }) => regarding.name)).to.have.members(ungated);
      for (const { note } of events) expect(note).to.contain('the API server has not found the kind');
      expect(await cluster().operator.gauge('dependency_gate_admission_acting')).to.equal(1);

      await here().until('the API server has found the kind', async () =>
        (await comesGated('last', '--dry-run=server')) ? true : undefined,
      );
      expect(await comesGated('last')).to.equal(true);
    });
  },
);

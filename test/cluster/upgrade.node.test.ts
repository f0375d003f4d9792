import { join } from 'node:path';
import process from 'node:process';
import { expect } from 'chai';
import { z } from 'zod';
import type { Dependency } from '../../src/api/spec.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { eventually } from './eventually.ts';
import { requiring } from './first-starts/manifests.ts';
import { toolsImage } from './images.ts';
import { type OlderRelease, olderRelease } from './older-release.ts';
import { operatorManifests, THIS_RELEASE } from './operator-manifests.ts';
import { runCommand } from './run-command.ts';
import { Scratch } from './scratch.ts';
import { IDLE, running, serviceOf } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { importRelease, itWentWell, operatorRolledOut } from './story-operator.ts';
import { useNode } from './use.ts';

/** By the operator's patch, by admission into the template, by admission into the Pods, and before there is a cluster. */
const WAYS = ['patched', 'admitted', 'placed', 'rendered'] as const;
/** Each way has a target that waits, and one that runs: its dependencies are there. */
const WAITS: readonly Dependency[] = [dns('later'), { name: 'ready', service: { name: 'later' } }];
const RUNS: readonly Dependency[] = [{ name: 'there', service: { name: 'there' } }];
const TARGETS = WAYS.flatMap((way) => [`${way}-waits`, `${way}-runs`]);
/** After each of two rollouts of the operator, which with these are more than a minute. */
const UNCHANGED_MS = 20_000;

const containers = z.array(z.looseObject({ name: z.string(), restartCount: z.int() })).default([]);
const standingSchema = z.object({
  items: z.array(
    z.looseObject({
      kind: z.string(),
      metadata: z.looseObject({
        name: z.string(),
        uid: z.string(),
        generation: z.int(),
        deletionTimestamp: z.string().optional(),
      }),
      status: z.looseObject({ initContainerStatuses: containers, containerStatuses: containers }),
    }),
  ),
});
const gatesSchema = z.object({
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }), spec: z.unknown() })),
});

describe('an upgrade of the operator, and the way back, on a real node', function () {
  this.timeout(300_000);
  const cluster = useNode();
  const story = useStory(cluster);
  let scratch: Scratch | undefined;
  let older: OlderRelease;

  before('install the older release', async () => {
    scratch = new Scratch('dependency-gate-older-');
    older = await olderRelease(scratch.path());
    for (const release of [older, THIS_RELEASE]) await importRelease(cluster(), release);
    await cluster().importImage(await toolsImage());
    await cluster().apply(await operatorManifests(cluster(), {}, older));
    await operatorRolledOut(cluster());
  });
  after(() => scratch?.remove(false));

  /** What a rollout, a Pod made anew or a restart of a container would change. */
  const standing = async () => {
    const { items } = standingSchema.parse(await story().get('deployments,replicasets,pods'));
    const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return staying.map(({ kind, metadata: { name, uid, generation }, status }) => {
      const all = [...status.initContainerStatuses, ...status.containerStatuses];
      const restarts = all.map((one) => `${one.name} ${one.restartCount}`).sort();
      return [kind, name, uid, generation, ...restarts].join(' ');
    });
  };
  const specs = async () => {
    const { items } = gatesSchema.parse(await story().get('dependencygates'));
    return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec]));
  };
  /** All that stood before stands unchanged when the time has passed: nothing of it ever comes back as it was. */
  const stays = async (before: readonly string[]) => {
    const end = performance.now() + UNCHANGED_MS;
    const limitMs = 2 * UNCHANGED_MS;
    await eventually('the time has passed', limitMs, () => performance.now() >= end || undefined);
    expect(await standing()).to.include.members(before);
  };

  async function createTargets(): Promise<void> {
    const app = (name: string) => deployment(name, running(IDLE));
    await story().apply(serviceOf('there', 80), app('there'), app('patched-waits'), app('patched-runs'));
    await story().rolledOut('deployment/there', 'deployment/patched-waits', 'deployment/patched-runs');
    const gates = TARGETS.map((name) => {
      const more = name.startsWith('placed') ? { placement: 'Pod' as const } : {};
      return gate(name, [name], name.endsWith('waits') ? WAITS : RUNS, more);
    });
    await story().apply(...gates);
    for (const name of TARGETS) await story().untilGate(name, { ready: 'True/InForce' });
    for (const name of ['admitted-waits', 'admitted-runs'])
      await story().untilStoredWith(app(name), `dgate-${name}--`);
    const rendered = ['rendered-waits', 'rendered-runs'].map(app);
    await story().apply(
      ...['admitted-waits', 'admitted-runs'].map(app),
      ...['placed-waits', 'placed-runs'].map((name) => requiring(app(name), name)),
      await render([...gates, ...rendered]),
    );
    for (const way of WAYS) {
      await story().untilWaiting(`${way}-waits`, `dgate-${way}-waits--later`);
      await story().untilGate(`${way}-waits`, { ready: 'True/InForce', open: 'False/Waiting', pods: '0/1' });
      await story().untilGate(`${way}-runs`, { ready: 'True/InForce', open: 'True/AllPassed', pods: '1/1' });
    }
    await story().rolledOut(...WAYS.map((way) => `deployment/${way}-runs`));
  }

  /** As it stands in the Git of somebody who renders with the older release. */
  async function render(manifests: readonly KubeObject[]): Promise<string> {
    const command = [process.execPath, join(older.root, 'dist/dependency-gate.js'), 'render'];
    const input = manifests.map((one) => `---\n${JSON.stringify(one)}\n`).join('');
    return (await runCommand([...command, `--waiter-image=${older.image}`], { input })).stdout;
  }

  it('rolls, restarts and loses nothing', async () => {
    await createTargets();
    const before = await standing();
    const specsBefore = await specs();

    await cluster().apply(await operatorManifests(cluster()));
    await operatorRolledOut(cluster());
    // The stand-in for an older release does not know this check.
    const chained = [{ name: 'runs', gate: { name: 'patched-runs' } }];
    await story().apply(gate('newer', ['newer'], chained));
    await story().apply(requiring(deployment('newer', running(IDLE)), 'newer'));
    await story().untilGate('newer', { ready: 'True/InForce', open: 'True/AllPassed', pods: '1/1' });
    await story().rolledOut('deployment/newer');
    await stays(before);
    const after = await standing();

    const refused = await cluster()
      .apply(await operatorManifests(cluster(), {}, older))
      .then(() => '', String);
    const isOlder = /this CustomResourceDefinition is older than the one in the cluster/;
    expect(refused).to.match(older.lacks.length > 0 ? isOlder : /^$/);
    await operatorRolledOut(cluster());
    const isKnown = !older.lacks.includes('spec.dependencies[].gate');
    await story().untilGate('newer', { ready: isKnown ? 'True/InForce' : 'False/InvalidSpec' });
    await stays(after);
    const { newer, ...others } = await specs();
    expect(others).to.deep.equal(specsBefore);
    expect(newer).to.have.deep.property('dependencies', chained);

    await story().apply(serviceOf('there', 80, 'later'));
    for (const way of WAYS) {
      await story().untilGate(`${way}-waits`, { ready: 'True/InForce', open: 'True/AllPassed', pods: '1/1' });
      await story().rolledOut(`deployment/${way}-waits`);
    }
  });

  describe('in the end', () => itWentWell(cluster));
});

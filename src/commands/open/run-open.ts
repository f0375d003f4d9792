import { sharingOne } from '../../api/settled.ts';
import { count } from '../../core/count.ts';
import type { Gate } from '../../core/model.ts';
import { isConflict } from '../../kube/api-error.ts';
import type { Requests } from '../../kube/client/requests.ts';
import { systemClock } from '../../kube/clock.ts';
import type { ObjectName } from '../../kube/resource.ts';
import { GATES, PODS } from '../../projections/resources.ts';
import { addressed, type ClusterAccess, withCluster } from '../cluster/cluster-access.ts';
import type { ClusterFlags } from '../cluster/cluster-options.ts';
import { told } from '../cluster/error-words.ts';
import { readGate } from '../cluster/fetch-gates.ts';
import type { GateAddress } from '../cluster/gate-address.ts';
import type { Terminal } from '../terminal.ts';
import { meant, openAfter, podAnnotations } from './open-request.ts';

/** The options of `dependency-gate open`. */
export interface OpenFlags extends ClusterFlags {
  readonly all?: true;
  readonly pod?: string;
  readonly undo?: true;
  readonly dryRun?: true;
}

/** What is on the command line besides the options. */
interface Named {
  readonly address: GateAddress;
  readonly dependencies: readonly string[];
}

/** Opens what was named, and prints what that means. @throws Error, of one line, where it cannot be */
export async function runOpen(
  { address, dependencies }: Named,
  flags: OpenFlags,
  { env, print }: Terminal,
): Promise<void> {
  const { all = false, undo = false } = flags;
  await withCluster(flags, { env, command: 'open' }, async (access) => {
    const opening: Opening = {
      access,
      target: addressed(address, access),
      names: (gate) => meant(gate, { dependencies, all, undo }),
      flags,
    };
    await print(flags.pod === undefined ? await openGate(opening) : await openPod(opening, flags.pod));
  });
}

interface Opening {
  readonly access: ClusterAccess;
  readonly target: Required<ObjectName>;
  readonly names: (gate: Gate) => string[];
  readonly flags: OpenFlags;
}

/** Somebody else may write the gate in between, whose change must not be lost. */
const MOST_TRIES = 5;

async function openGate({ access: { requests }, target, names, flags }: Opening): Promise<string> {
  const what = `DependencyGate ${target.namespace}/${target.name}`;
  for (let tries = 1; ; tries++) {
    const gate = await readGate(requests, target);
    const chosen = names(gate);
    const before = (gate.spec.valid && gate.spec.value.open) || [];
    const after = openAfter(before, chosen, flags.undo === true);
    const { resourceVersion } = gate;
    const body = { metadata: { resourceVersion }, spec: { open: after.length === 0 ? null : after } };
    try {
      await told({ verb: 'change', what }, () => requests.patch(GATES, target, body, writing(flags)));
      return gateWords(gate, chosen, flags);
    } catch (error) {
      const isOvertaken = error instanceof Error && isConflict(error.cause);
      if (!isOvertaken || tries === MOST_TRIES) throw error;
    }
  }
}

async function openPod(
  { access: { requests }, target, names, flags }: Opening,
  pod: string,
): Promise<string> {
  const gate = await readGate(requests, target);
  const chosen = names(gate);
  const value = flags.undo ? null : new Date(systemClock.now()).toISOString();
  const annotations = podAnnotations(gate, chosen, value);
  const of = { namespace: target.namespace, name: pod };
  await told({ verb: 'change', what: `Pod ${of.namespace}/${pod}` }, () =>
    requests.patch(PODS, of, { metadata: { annotations } }, writing(flags)),
  );
  const which = Object.keys(annotations).join(', ');
  return `Pod ${pod}: ${flags.undo ? 'taken away' : 'annotated with'} ${which}${drily(flags)}\n`;
}

/** Not a name that begins with `kubectl`: Flux takes back what managers of such names have written. */
function writing({ dryRun }: OpenFlags): Parameters<Requests['patch']>[3] {
  return { type: 'merge', fieldManager: 'dependency-gate-open', dryRun: dryRun === true };
}

/** Pods that wait for one of these. Those that share a container keep the same Pods. */
function waitingFor(
  { spec, status }: Pick<Gate, 'spec' | 'status'>,
  isOf: (name: string) => boolean,
): number {
  const sharing = spec.valid ? sharingOne(spec.value).map(({ name }) => name) : [];
  const chosen = (status.dependencies ?? []).filter(({ name }) => isOf(name));
  const shared = chosen.filter(({ name }) => sharing.includes(name)).map(({ blocked }) => blocked);
  const alone = chosen.filter(({ name }) => !sharing.includes(name)).map(({ blocked }) => blocked);
  return alone.reduce((sum, blocked) => sum + blocked, Math.max(0, ...shared));
}

function gateWords(
  { namespace, name, spec, status }: Gate,
  chosen: readonly string[],
  flags: OpenFlags,
): string {
  const all = chosen.includes('*');
  const what = all ? 'all dependencies' : chosen.join(', ');
  const gate = `DependencyGate ${namespace}/${name}`;
  if (flags.undo) return `${gate}: spec.open names ${all ? 'nothing' : `${what} no more`}${drily(flags)}\n`;
  const waiting = waitingFor({ spec, status }, (dependency) => all || chosen.includes(dependency));
  const back = `dgate open ${namespace}/${name} ${all ? '--all' : chosen.join(' ')} --undo`;
  return [
    `${gate}: ${what} open for ${count(waiting, 'Pod')} waiting now, and for all later ones${drily(flags)}`,
    `When it is over: kubectl ${back}`,
    '',
  ].join('\n');
}

function drily({ dryRun }: OpenFlags): string {
  return dryRun ? ' (dry run)' : '';
}

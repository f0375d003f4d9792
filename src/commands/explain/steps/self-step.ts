import { BlockList, isIP } from 'node:net';
import { checkOf } from '../../../api/settled.ts';
import type { Dependency } from '../../../api/spec.ts';
import type { DependencyStatus } from '../../../api/status.ts';
import { serviceOf } from '../../../core/evaluate/references.ts';
import type { Pod } from '../../../core/model.ts';
import { some } from '../../words.ts';
import { blockedBy, type ExplainWorld } from '../explain-world.ts';
import { serviceCommands } from './answer-step.ts';
import { kubectl, type Step, step } from './step.ts';

/**
 * What to do where a Pod waits for itself: our containers run before all else in it, or behind one init container, so nothing else of its own can be there. It is
 * told by the host of a check, or by a Service that selects the Pods that wait and has no other endpoint.
 */
export function selfStep(
  world: ExplainWorld,
  dependency: Dependency,
  { reason }: Pick<DependencyStatus, 'reason'>,
): Step | undefined {
  const pods = blockedBy(world, dependency.name).map(({ pod }) => pod);
  const host = dialledHost(dependency);
  const itself = host === undefined ? undefined : ownHost(world, host, pods);
  if (itself !== undefined) return hostStep(world, dependency.name, itself);
  const selected = pods.filter((pod) => isSelected(world, dependency.name, pod)).map(({ name }) => name);
  const service = serviceOf(dependency, world.gate.namespace);
  if (reason !== 'EndpointsNotReady' || service === undefined || selected.length === 0) return undefined;
  return step(
    `${dependency.name}: Service ${service} selects the very Pods that wait for it (${some(selected)}), and too few others behind it are ready: they wait for themselves. Name a Service of other Pods, or take the dependency out.`,
    ...serviceCommands(world, service),
  );
}

function hostStep(world: ExplainWorld, name: string, itself: string): Step {
  return step(
    `${name}: ${itself}, and ${place(world)}, so nothing listens there yet. Where a native sidecar of the Pod is to listen (an init container with restartPolicy Always), let spec.after name it: the gate's containers then stand behind it. An app cannot be waited for by its own Pod.`,
    kubectl(world, `edit dgate ${world.gate.name}`),
  );
}

/** What runs before what. */
function place({ gate }: ExplainWorld): string {
  const after = gate.spec.valid ? gate.spec.value.after : undefined;
  return after === undefined
    ? "the gate's containers run before all others in it: the app, its own init containers and its sidecars start only after them"
    : `the gate's containers run right behind its init container ${after}: what comes after that starts only after them`;
}

/** The host that Pods connect to; a name alone, as `dns` asks for it, is there without anybody who listens. */
function dialledHost(dependency: Dependency): string | undefined {
  const made = checkOf(dependency);
  switch (made.check) {
    case 'tcp':
    case 'grpc':
      return bare(made.settings.host);
    case 'http':
      return URL.canParse(made.settings.url ?? '')
        ? bare(new URL(made.settings.url ?? '').hostname)
        : undefined;
    default:
      return undefined;
  }
}

function bare(host: string | undefined): string | undefined {
  return host?.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** Who a host is, where it is the Pod. On the host's network `localhost` is the node, where others run. */
function ownHost({ facts }: ExplainWorld, host: string, pods: readonly Pod[]): string | undefined {
  const isOnNode = pods.some(({ name }) => facts.get(name)?.isOnHostNetwork === true);
  if (isLoopback(host)) return isOnNode ? undefined : `${host} is the Pod itself`;
  const own = pods.find(
    ({ name }) => host.split('.')[0] === name || (!isOnNode && facts.get(name)?.ips.includes(host) === true),
  );
  return own && `${host} is Pod ${own.name} itself`;
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return /^(.*\.)?localhost(\.localdomain)?$|^ip6-(localhost|loopback)$/.test(host);
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('0.0.0.0');
  loopback.addAddress('::1', 'ipv6');
  loopback.addAddress('::', 'ipv6');
  return loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

function isSelected({ facts, selectors }: ExplainWorld, dependency: string, { name }: Pod): boolean {
  const selector = Object.entries(selectors.get(dependency) ?? {});
  const labels = facts.get(name)?.labels ?? {};
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

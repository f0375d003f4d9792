import { validateGate } from '../../api/gate.ts';
import { API_VERSION, KIND } from '../../api/names.ts';
import type { Dependency, Target } from '../../api/spec.ts';
import type { WorkloadWait, WorkloadWaits } from './workload-waits.ts';

/** A dependency with what a person should know of it. */
export interface ProposedDependency {
  readonly dependency: Dependency;
  readonly comments: readonly string[];
}

/** A gate that does what init containers of its targets do. */
export interface Proposal {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly targets: readonly Target[];
  readonly dependencies: readonly ProposedDependency[];
  /** Init containers that it replaces, of each target. */
  readonly replaced: readonly string[];
  /** Why the API server would refuse it as it stands. */
  readonly problems: readonly string[];
}

/** Gate and dependency together have room for 55 characters in a container's name. */
const NAME_LENGTH = 27;

/** One gate for all workloads of a namespace that wait for the same in the same order. */
export function propose(workloads: readonly WorkloadWaits[]): Proposal[] {
  const converted = workloads
    .map((workload) => ({ workload, dependencies: dependenciesOf(workload.waits) }))
    .filter(({ dependencies }) => dependencies.length > 0);
  const groups = Map.groupBy(converted, ({ workload, dependencies }) =>
    JSON.stringify([workload.namespace, dependencies.map(({ dependency }) => dependency)]),
  );
  const taken = new Set<string>();
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const { workload, dependencies } = first;
    const name = unique(`${cutName(workload.target.name)}`, taken);
    const targets = [first, ...others].map((one) => one.workload.target);
    const proposal = { name, namespace: workload.namespace, targets, dependencies };
    return [{ ...proposal, replaced: replacedBy(workload.waits), problems: problemsOf(proposal) }];
  });
}

function replacedBy(waits: readonly WorkloadWait[]): string[] {
  return waits.filter(({ recognized }) => recognized.is !== 'left').map(({ container }) => container);
}

function dependenciesOf(waits: readonly WorkloadWait[]): ProposedDependency[] {
  const taken = new Set<string>();
  const isAfterOwn = new Set(
    waits
      .filter((_, index) => waits.slice(0, index).some(({ recognized }) => recognized.is === 'left'))
      .map(({ container }) => container),
  );
  return waits.flatMap(({ container, recognized }) => {
    if (recognized.is === 'left') return [];
    const checks = recognized.is === 'checks' ? recognized.checks : [recognized.check];
    return checks.map(({ check, remarks }, index) => ({
      dependency: { name: unique(nameOf(container), taken), ...check },
      comments: [
        ...(index === 0 ? [`${container}: ${oneLine(recognized.by)}`] : []),
        ...remarks,
        ...(isAfterOwn.has(container) && index === 0 ? [COMES_FIRST] : []),
      ],
    }));
  });
}

const COMES_FIRST = 'it comes before the init containers that stay; it came after some of them';

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** `wait-for-redis` → `redis`. */
function nameOf(container: string): string {
  const short = container
    .replace(/^(?:wait|check|init)(?:-for|-until)?-/, '')
    .replace(/-(?:ready|is-ready|check)$/, '');
  return cutName(short === '' ? container : short);
}

function cutName(name: string): string {
  return (
    name
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, NAME_LENGTH)
      .replace(/^-+|-+$/g, '') || 'gate'
  );
}

function unique(name: string, taken: Set<string>): string {
  const numbered = [name, ...Array.from({ length: taken.size }, (_, index) => `${name}-${index + 2}`)];
  const free = numbered.find((one) => !taken.has(one)) ?? `${name}-${taken.size + 2}`;
  taken.add(free);
  return free;
}

function problemsOf({
  name,
  targets,
  dependencies,
}: Pick<Proposal, 'name' | 'targets' | 'dependencies'>): string[] {
  const result = validateGate({
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name },
    spec: { targets, dependencies: dependencies.map(({ dependency }) => dependency) },
  });
  return result.valid ? [] : result.causes.map(({ field, message }) => `${field}: ${message}`);
}

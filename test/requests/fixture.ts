import { FINALIZER } from '../../src/api/names.ts';
import { useCluster } from '../cluster/use.ts';
import type { JournalEntry } from '../sandbox/journal.ts';
import { useNamespace } from '../scenarios/cluster.ts';
import type { Namespace } from '../scenarios/namespace.ts';
import { type SandboxCluster, startSandboxCluster } from '../scenarios/sandbox-cluster.ts';

/** What the tests of the operator's requests work with: the server's own journal of them. */
export interface Fixture {
  readonly cluster: () => SandboxCluster;
  readonly here: () => Namespace;
  /**
   * The operator's requests since the test began or `forget` was called; Events, `findings`, and patches of workloads that
   * somebody else's write overtook apart.
   */
  requests(): readonly JournalEntry[];
  /** Those by which kinds are found and watched that dependencies are about. */
  findings(): readonly JournalEntry[];
  events(): readonly JournalEntry[];
  forget(): void;
  /** Resolves when the server has answered a request of the test's own, which comes after all that were made before. */
  sentinel(): Promise<void>;
}

/** Gives the suite a sandbox, by default without admission, where each test has a namespace of its own. */
export function useFixture(options: Parameters<typeof startSandboxCluster>[0] = {}): Fixture {
  const cluster = useCluster(
    async () => {},
    () => startSandboxCluster(options),
  );
  const here = useNamespace(cluster);
  const journal = () => cluster().server.journal;
  beforeEach('forget what was', () => journal().clear());
  const ofOperator = () =>
    journal().entries.filter(({ userAgent }) => userAgent === 'dependency-gate-operator');
  // Once a minute, whatever happens: whether the admission policies have been installed meanwhile.
  const isLook = ({ path }: JournalEntry) =>
    path.includes('admissionpolic') || path.includes('customresourcedefinitions');
  // One that is repeated is patched by its name.
  const isEvent = ({ path }: JournalEntry) => /\/events(\/[^/]+)?$/.test(path);
  const isFinding = ({ method, path }: JournalEntry) =>
    method === 'GET' && /^\/(api|apis\/[^/]+)\/[^/]+(\/(services|endpointslices))?$/.test(path);
  // The workload's own controller wrote its status in between, and the patch is made again.
  const isOvertaken = ({ method, path, status }: JournalEntry) =>
    method === 'PATCH' &&
    status === 409 &&
    /\/(deployments|statefulsets|daemonsets|cronjobs)\/[^/]+$/.test(path);
  return {
    cluster,
    here,
    requests: () =>
      ofOperator().filter(
        (entry) => ![isEvent, isLook, isFinding, isOvertaken].some((isApart) => isApart(entry)),
      ),
    findings: () => ofOperator().filter(isFinding),
    events: () => ofOperator().filter(isEvent),
    forget: () => journal().clear(),
    sentinel: async () => {
      await here().list('ConfigMap');
    },
  };
}

/** Waits until a gate has its finalizer, which follows its first status. */
export async function untilKept(here: Namespace, name: string): Promise<void> {
  await here.until('the finalizer is there', async () => {
    const { finalizers } = (await here.gate(name)).metadata;
    return finalizers.includes(FINALIZER) || undefined;
  });
}

/** `PATCH deployments/pinger`, `PATCH dependencygates/api-first/status`, `GET pods`: what a request is about. */
export function brief({ method, path }: JournalEntry): string {
  return `${method} ${path.replace(/^.*\/(v1|v1alpha1)\//, '').replace(/^namespaces\/[^/]+\//, '')}`;
}

/** Everything that can be said of a write but its body. */
export function form({ method, contentType, query, status }: JournalEntry) {
  return { method, contentType, query, status };
}

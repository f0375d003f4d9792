import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { connect } from '../../kube/client/connection.ts';
import { createRequests } from '../../kube/client/http-requests.ts';
import { type KubeconfigSource, kubeconfigCredentials, namespaceOf } from '../../kube/client/kubeconfig.ts';
import type { Requests } from '../../kube/client/requests.ts';
import { systemClock } from '../../kube/clock.ts';
import type { ObjectName } from '../../kube/resource.ts';
import type { Process } from '../process.ts';
import { quoted } from '../words.ts';
import type { ClusterFlags } from './cluster-options.ts';
import type { GateAddress } from './gate-address.ts';

/** A cluster as whoever runs the command may use it. */
export interface ClusterAccess {
  readonly requests: Requests;
  /** `--namespace`, else the namespace of the kubeconfig's context. */
  readonly namespace: string;
  /** Flags of kubectl that lead to the same cluster, for commands that are proposed: `--context=prod`. */
  readonly flags: string;
}

/**
 * Lets `work` use the cluster that the flags name, and closes all connections after it.
 *
 * @throws Error, of one line, where the kubeconfig cannot be used; what `work` throws
 */
export async function withCluster<T>(
  flags: ClusterFlags,
  { env, command }: { readonly env: Process['env']; readonly command: string },
  work: (access: ClusterAccess) => Promise<T>,
): Promise<T> {
  const source = sourceOf(flags, env);
  const namespace = flags.namespace ?? namespaceOf(source);
  const options = { clock: systemClock, userAgent: `dependency-gate-${command}` };
  const connection = connect(kubeconfigCredentials(source), options);
  try {
    const requests = createRequests({ connection, clock: systemClock });
    return await work({ requests, namespace, flags: flagsOf(flags) });
  } finally {
    await connection.close();
  }
}

/** The gate that is meant: the namespace of its address comes before that of the flags. */
export function addressed(
  { namespace, name }: GateAddress,
  access: Pick<ClusterAccess, 'namespace'>,
): Required<ObjectName> {
  return { namespace: namespace ?? access.namespace, name };
}

/** As kubectl finds it. */
function sourceOf({ kubeconfig, context }: ClusterFlags, env: Process['env']): KubeconfigSource {
  const named = env.KUBECONFIG?.split(delimiter).filter((path) => path !== '') ?? [];
  const usual = named.length > 0 ? named : [join(env.HOME ?? homedir(), '.kube', 'config')];
  return { kubeconfigPaths: kubeconfig === undefined ? usual : [kubeconfig], context };
}

function flagsOf({ kubeconfig, context }: ClusterFlags): string {
  return [
    ...(context === undefined ? [] : [`--context=${quoted(context)}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${quoted(kubeconfig)}`]),
  ].join(' ');
}

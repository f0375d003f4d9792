import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { serveHealth } from '../../controller/health.ts';
import type { Metrics } from '../../controller/metrics.ts';
import { MetricsAccess } from '../../controller/metrics-access.ts';
import { Operator } from '../../controller/operator.ts';
import { type Connection, connect } from '../../kube/client/connection.ts';
import type { CredentialReader } from '../../kube/client/credentials.ts';
import { createRequests } from '../../kube/client/http-requests.ts';
import type { RequestObservation, Requests } from '../../kube/client/requests.ts';
import { serviceAccountCredentials } from '../../kube/client/service-account.ts';
import { systemClock } from '../../kube/clock.ts';
import { createLog, toggleDebug } from '../operator-log.ts';
import { chosenUid, type UserId } from '../options/numbers.ts';
import type { Process } from '../process.ts';
import { signalled } from '../process.ts';
import { VERSION } from '../version.ts';
import { ownImage, ownPod } from './own-image.ts';
import { ownLease } from './own-lease.ts';
import { type Needs, rightsBeyond } from './own-rights.ts';

/** The options of `dependency-gate operator`. */
export interface OperatorFlags {
  readonly waiterImage?: string;
  readonly waiterImagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  readonly runAsUser: UserId;
  readonly kubeconfig?: string;
  readonly namespaces?: readonly string[];
  readonly concurrency: number;
  readonly leaderElection: boolean;
  readonly healthPort: number;
  readonly metricsPort?: number;
  readonly metricsAccess: 'anyone' | 'authorized';
  readonly metricsCertDir?: string;
  readonly logLevel: string;
}

/** Runs the operator until SIGTERM or SIGINT; the reconcile under way is ended, not cut. */
export async function runOperator(flags: OperatorFlags, process: Process): Promise<void> {
  const log = createLog(flags.logLevel);
  process.on('SIGUSR2', () => toggleDebug(log, flags.logLevel));
  const connection = connect(await credentialsOf(flags, process.env), {
    clock: systemClock,
    userAgent: 'dependency-gate-operator',
  });
  const lease = flags.leaderElection ? ownLease(process.env, randomUUID()) : undefined;
  const requests = createRequests({ connection, clock: systemClock });
  const reviews = flags.metricsAccess === 'authorized';
  const namespace = flags.namespaces?.[0] ?? ownPod(process.env)?.namespace;
  tellRights(requests, { namespace, reviews }, log);
  const waiterImage =
    flags.waiterImage ??
    (await ownImage({
      ...{ requests, pod: ownPod(process.env), clock: systemClock, random: Math.random },
      onRetry: (error) => log.warn({ err: error }, 'failed to read the image of this Pod, retrying'),
    }));
  const operator = new Operator({
    connection,
    settings: {
      waiterImage,
      waiterImagePullPolicy: flags.waiterImagePullPolicy,
      runAsUser: chosenUid(flags.runAsUser),
    },
    version: VERSION,
    instance: hostname(),
    namespaces: flags.namespaces,
    admissionPolicy: process.env.ADMISSION_POLICY,
    concurrency: flags.concurrency,
    lease,
    log,
    clock: systemClock,
    random: Math.random,
  });
  const stopped = signalled(process);
  const health = await serveHealth({
    port: flags.healthPort,
    metricsPort: flags.metricsPort,
    metricsCertificates: flags.metricsCertDir,
    metricsAccess: reviews ? metricsAccess(connection, operator.metrics, log) : undefined,
    isReady: () => operator.isReady,
    refusal: () => operator.refusal,
    registry: operator.metrics.registry,
    clock: systemClock,
    onError: (error) => log.error({ err: error }, 'health or metrics cannot be served, trying again'),
  });
  const { port: healthPort, metricsPort } = health;
  log.info(
    { version: VERSION, healthPort, metricsPort, waiterImage, namespaces: flags.namespaces ?? 'all' },
    'the operator starts',
  );
  await Promise.race([operator.start().then(() => stopped), stopped]);
  log.info('the operator stops');
  await operator.stop();
  await health.stop();
  await connection.close();
}

/** Reviews have a short time, since whoever waits for them has. */
const REVIEW_WITHIN_MS = 2000;

function metricsAccess(connection: Connection, metrics: Metrics, log: Logger): MetricsAccess {
  const observer = (observation: RequestObservation) => metrics.requestEnded(observation);
  return new MetricsAccess({
    requests: createRequests({ connection, clock: systemClock, deadlineMs: REVIEW_WITHIN_MS, observer }),
    clock: systemClock,
    onError: (error) => log.warn({ err: error }, 'who may read the metrics is not known for now: nobody may'),
  });
}

/** That the operator may do more than it needs is told, and keeps it from nothing; nor does an API server that does not tell. */
function tellRights(requests: Requests, needs: Needs, log: Logger): void {
  rightsBeyond(requests, needs).then(
    (rights) => {
      if (rights.length > 0)
        log.warn({ rights }, 'permissions that the operator does not need: take them away from its roles');
    },
    (error: unknown) => log.debug({ err: error }, 'which permissions there are is not known'),
  );
}

/** What reads kubeconfigs is loaded with the first one: in a Pod there is none. */
async function credentialsOf(flags: OperatorFlags, env: Process['env']): Promise<CredentialReader> {
  const kubeconfigPath = flags.kubeconfig ?? env.KUBECONFIG;
  if (kubeconfigPath) {
    const { kubeconfigCredentials } = await import('../../kube/client/kubeconfig.ts');
    return kubeconfigCredentials({ kubeconfigPath });
  }
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (host && port) {
    const name = host.includes(':') ? `[${host}]` : host;
    return serviceAccountCredentials({ server: `https://${name}:${port}` });
  }
  throw new Error('no cluster: give --kubeconfig or set KUBECONFIG (in a Pod, its ServiceAccount is used)');
}

import type { Registry } from 'prom-client';
import { plain } from '../api/plain.ts';
import type { Clock } from '../kube/clock.ts';
import { type Asked, Endpoint, type Reply } from './endpoint.ts';
import type { MetricsAccess } from './metrics-access.ts';
import { readPair } from './serving-certificate.ts';

export interface HealthOptions {
  /** Of /healthz and /readyz; 0 takes a free one. */
  readonly port: number;
  /** Of /metrics; undefined serves it beside the others. */
  readonly metricsPort: number | undefined;
  /** A folder with tls.crt and tls.key, for TLS at that port; undefined for none. */
  readonly metricsCertificates?: string | undefined;
  /** Who may read them; undefined lets in whoever asks. */
  readonly metricsAccess?: Pick<MetricsAccess, 'refusal'> | undefined;
  /** Whether every store has shown its resource once. */
  readonly isReady: () => boolean;
  /** Why it is not ready although they have, a sentence: what it does is refused. */
  readonly refusal?: () => string | undefined;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Is told why something cannot be served for now; it is tried again. Must not throw. */
  readonly onError: (error: Error) => void;
}

export interface Health {
  /** Undefined while it cannot be listened there. */
  readonly port: number | undefined;
  readonly metricsPort: number | undefined;
  stop(): Promise<void>;
}

/** To write all metrics takes as long as there are gates, and is not done more often. */
const METRICS_AGE_MS = 1000;

/** Serves /healthz (the process answers), /readyz (caches synced) and /metrics. Resolves also where it cannot yet. */
export async function serveHealth(options: HealthOptions): Promise<Health> {
  const { port, metricsPort, metricsCertificates: certificates, clock, onError } = options;
  const metrics = metricsReply(options);
  const health = endpoint(port, healthPaths(options, metricsPort === undefined ? metrics : undefined));
  const own =
    metricsPort === undefined ? undefined : endpoint(metricsPort, { '/metrics': metrics }, certificates);
  await Promise.all([health.start(), own?.start()]);
  return {
    get port() {
      return health.port;
    },
    get metricsPort() {
      return (own ?? health).port;
    },
    stop: async () => void (await Promise.all([health.stop(), own?.stop()])),
  };

  function endpoint(at: number, paths: Paths, folder?: string): Endpoint {
    const none = { status: 404, body: `there are ${Object.keys(paths).join(', ')}\n` };
    const certificate = folder === undefined ? undefined : () => readPair(folder);
    const answer = (asked: Asked) => paths[asked.path]?.(asked) ?? none;
    return new Endpoint({ port: at, certificate, clock, onError, answer });
  }
}

type Paths = Readonly<Partial<Record<string, (asked: Asked) => Reply | Promise<Reply>>>>;

const OK: Reply = { status: 200, body: 'ok\n' };

function healthPaths({ isReady, refusal }: HealthOptions, metrics: Paths[string]): Paths {
  const ready = (): Reply => {
    if (!isReady()) return { status: 503, body: 'the stores are being filled\n' };
    const refused = refusal?.();
    if (refused === undefined) return OK;
    return { status: 503, body: `${plain(refused)}\n` };
  };
  return { '/healthz': () => OK, '/readyz': ready, ...(metrics && { '/metrics': metrics }) };
}

function metricsReply({ registry, clock, metricsAccess }: HealthOptions): (asked: Asked) => Promise<Reply> {
  let written: { readonly at: number; readonly text: Promise<string> } | undefined;
  return async ({ authorization }) => {
    const refusal = await metricsAccess?.refusal(authorization);
    if (refusal) return refusal;
    const now = clock.now();
    if (written === undefined || !(Math.abs(now - written.at) < METRICS_AGE_MS))
      written = { at: now, text: registry.metrics() };
    return { status: 200, body: await written.text, contentType: registry.contentType };
  };
}

/**
 * How much less CPU time an event of a Pod takes in protobuf than in JSON, from the bytes that a real API server (Go) sends
 * for it to what is kept of it; and how many bytes less.
 *
 *     node test/bench/protobuf.ts [rounds]
 *
 * The forms take turns, and each ratio is of one round. Prints a table for docs/decisions/2026-11-27-protobuf.md.
 */
import { connect } from '../../src/kube/client/connection.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import type { Requests } from '../../src/kube/client/requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { decodeFrames } from '../../src/kube/watch/watch-frames.ts';
import { decodeEvents, type WatchEvent } from '../../src/kube/watch/watch-stream.ts';
import { POD_MESSAGE } from '../../src/projections/pod-message.ts';
import { projectPod } from '../../src/projections/project-pod.ts';
import { PODS } from '../../src/projections/resources.ts';
import { startControlPlane } from '../cluster/control-plane.ts';
import { eventually } from '../cluster/eventually.ts';
import { RICH_PODS } from '../projections/rich-pods.ts';
import { quantile } from './moments.ts';

const ROUNDS = Number(process.argv[2] ?? 30);
const EVENTS = 1000;
const LIMIT_MS = 60_000;

type Chunks = AsyncIterable<Uint8Array>;

interface Form {
  readonly message?: typeof POD_MESSAGE;
  readonly decode: (chunks: Chunks) => AsyncIterable<WatchEvent>;
  /** How many of the bytes are the first event. */
  readonly first: (bytes: Buffer) => number;
}

const JSON_FORM: Form = {
  decode: (chunks) => decodeEvents(chunks),
  first: (bytes) => bytes.indexOf('\n') + 1,
};

const PROTOBUF: Form = {
  message: POD_MESSAGE,
  decode: (chunks) => decodeFrames(chunks, POD_MESSAGE),
  first: (bytes) => 4 + bytes.readUInt32BE(0),
};

/** The same event in both forms. */
interface Sent {
  readonly name: string;
  readonly json: Uint8Array;
  readonly protobuf: Uint8Array;
}

const all = await eventsOfPods();
console.log('JSON : protobuf | bytes | CPU time: decoded | decoded and projected\n--- | --- | --- | ---');
for (const sent of all) console.log((await measure(sent)).join(' | '));

async function eventsOfPods(): Promise<Sent[]> {
  const controlPlane = await startControlPlane();
  const source = kubeconfigCredentials({ kubeconfigPath: controlPlane.kubeconfig });
  const connection = connect(source, { clock: systemClock, userAgent: 'bench' });
  try {
    await eventually('there is a ServiceAccount', LIMIT_MS, () =>
      controlPlane.kubectl(['get', 'serviceaccount', 'default']),
    );
    const requests = createRequests({ connection, clock: systemClock });
    const found: Sent[] = [];
    for (const pod of RICH_PODS) found.push(await create(requests, pod));
    return found;
  } finally {
    await connection.close();
    await controlPlane.stop();
  }
}

async function create(
  requests: Requests,
  { metadata, spec, status = {} }: (typeof RICH_PODS)[number],
): Promise<Sent> {
  const { name } = metadata;
  const target = { namespace: 'default', name };
  await requests.create(PODS, 'default', { apiVersion: 'v1', kind: 'Pod', metadata, spec });
  await requests.patch(PODS, target, { status }, { type: 'merge', subresource: 'status' });
  const json = await eventOf(requests, name, JSON_FORM);
  return { name, json, protobuf: await eventOf(requests, name, PROTOBUF) };
}

/** The row of a table. */
async function measure({ name, json, protobuf }: Sent): Promise<string[]> {
  const decoded: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ratios = {
      decoded: (await cpuOf(JSON_FORM, json, () => {})) / (await cpuOf(PROTOBUF, protobuf, () => {})),
      whole: (await cpuOf(JSON_FORM, json, projectPod)) / (await cpuOf(PROTOBUF, protobuf, projectPod)),
    };
    if (round === 0) continue; // not compiled yet
    decoded.push(ratios.decoded);
    whole.push(ratios.whole);
  }
  return [name, (json.length / protobuf.length).toFixed(2), told(decoded), told(whole)];
}

function told(ratios: readonly number[]): string {
  const [low, median, high] = [0.05, 0.5, 0.95].map((part) => quantile(ratios, part).toFixed(2));
  return `${median} (${low} to ${high})`;
}

/** The bytes of its event, as they are sent. */
async function eventOf(requests: Requests, name: string, form: Form): Promise<Uint8Array> {
  const { message, decode, first } = form;
  const stop = new AbortController();
  const selection = { namespace: 'default', fieldSelector: `metadata.name=${name}`, message };
  const query = { sendInitialEvents: true, timeoutSeconds: 60 } as const;
  const { chunks } = await requests.watch(PODS, selection, query, stop.signal);
  const seen: Uint8Array[] = [];
  async function* noted(): Chunks {
    for await (const chunk of chunks) {
      seen.push(chunk);
      yield chunk;
    }
  }
  for await (const { initialEventsEnd } of decode(noted())) if (initialEventsEnd) break;
  stop.abort();
  const bytes = Buffer.concat(seen);
  return bytes.subarray(0, first(bytes));
}

/** ms of CPU time for many such events. */
async function cpuOf(
  { decode }: Form,
  bytes: Uint8Array,
  read: (object: unknown) => unknown,
): Promise<number> {
  async function* sent(): Chunks {
    for (let count = 0; count < EVENTS; count += 1) yield bytes;
  }
  const began = process.cpuUsage();
  for await (const { type, object } of decode(sent())) if (type === 'ADDED') read(object);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

import { expect } from 'chai';
import { z } from 'zod';
import { FIELD_MANAGER } from '../../src/api/names.ts';
import { ApiError, errorFromStatus, isGone } from '../../src/kube/api-error.ts';
import { type Connection, connect } from '../../src/kube/client/connection.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import type { Requests, Selection, WatchQuery } from '../../src/kube/client/requests.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { metaOf } from '../../src/kube/object.ts';
import type { Message } from '../../src/kube/protobuf/message.ts';
import { objectPath } from '../../src/kube/resource.ts';
import { follow } from '../../src/kube/watch/follow.ts';
import type { WatchEvent } from '../../src/kube/watch/watch-stream.ts';
import { metadataSchema } from '../../src/projections/metadata.ts';
import { POD_MESSAGE } from '../../src/projections/pod-message.ts';
import { projectPod } from '../../src/projections/project-pod.ts';
import { PODS } from '../../src/projections/resources.ts';
import type { EncodedFields } from '../kube/protobuf/encode.ts';
import { OPENING, OWN_OPENING, RICH_PODS } from '../projections/rich-pods.ts';
import { eventually } from './eventually.ts';
import { useControlPlane } from './use.ts';
import { replaceWith } from './write-protobuf.ts';

const NAMESPACE = 'protobuf';
const LIMIT_MS = 60_000;
/** In which every Pod is asked for. */
const FORMS: readonly (Message | undefined)[] = [undefined, POD_MESSAGE];

const ownedSchema = z.object({
  metadata: z.object({ managedFields: z.array(z.object({ fieldsV1: z.unknown() })).min(1) }),
});

/** Seconds of no calendar, and bytes that are no text: JSON has no words for them, and the API server stores them. */
const NO_TIME = 2 ** 52;
const NO_TEXT = new Uint8Array([0xff, 0xfe]);

/** When managers have written it; of those of whom that is not known, nothing. */
function timesIn(raw: unknown): string[] {
  return z
    .object({ metadata: metadataSchema })
    .parse(raw)
    .metadata.managedFields.map(({ time }) => time);
}

/** Of protobuf these are bytes. */
function isFromProtobuf(raw: unknown): boolean {
  return ownedSchema
    .parse(raw)
    .metadata.managedFields.every(({ fieldsV1 }) => fieldsV1 instanceof Uint8Array);
}

/** All that may be read of it, which of a Pod is not all needed; without the fields that managers own. */
function metadataOf(raw: unknown): object {
  const { managedFields, ...others } = z.object({ metadata: metadataSchema }).parse(raw).metadata;
  return { ...others, managedFields: managedFields.map(({ fieldsV1: _, ...entry }) => entry) };
}

describe('Pods as protobuf, from a real API server', function () {
  this.timeout(2 * LIMIT_MS);
  const cluster = useControlPlane();
  let connection: Connection;
  let requests: Requests;

  before('make the Pods', async function () {
    this.timeout(2 * LIMIT_MS);
    const source = kubeconfigCredentials({ kubeconfigPath: cluster().kubeconfig });
    connection = connect(source, { clock: systemClock, userAgent: 'tests' });
    requests = createRequests({ connection, clock: systemClock });
    await cluster().kubectl(['create', 'namespace', NAMESPACE]);
    await eventually('the namespace has its ServiceAccount', LIMIT_MS, () =>
      cluster().kubectl(['get', 'serviceaccount', 'default', `--namespace=${NAMESPACE}`]),
    );
    for (const { metadata, spec, status } of RICH_PODS) {
      const target = { namespace: NAMESPACE, name: metadata.name };
      await requests.create(PODS, NAMESPACE, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
      if (status !== undefined)
        await requests.patch(PODS, target, { status }, { type: 'merge', subresource: 'status' });
    }
    for (const [fieldManager, annotations] of [
      ['somebody', OPENING],
      [FIELD_MANAGER, OWN_OPENING],
    ] as const) {
      const options = { type: 'merge', fieldManager } as const;
      await requests.patch(
        PODS,
        { namespace: NAMESPACE, name: 'opened' },
        { metadata: { annotations } },
        options,
      );
    }
    // It goes on, as its finalizer does.
    await requests.delete(PODS, { namespace: NAMESPACE, name: 'rich' });
  });

  after(() => connection?.close());

  /** What a watch tells until one of its events is the last that is wanted. */
  async function watched(
    message: Message | undefined,
    query: Omit<WatchQuery, 'timeoutSeconds'>,
    isLast: (event: WatchEvent) => boolean,
  ): Promise<WatchEvent[]> {
    const stop = new AbortController();
    const events: WatchEvent[] = [];
    const end = follow({
      ...{ requests, resource: PODS, clock: systemClock, signal: stop.signal },
      selection: { namespace: NAMESPACE, message },
      query: { ...query, timeoutSeconds: LIMIT_MS / 1000 },
      idleLimitMs: () => LIMIT_MS,
      onEvent: (event) => {
        events.push(event);
        if (isLast(event)) stop.abort(new ApiError({ status: 0, reason: 'Enough', message: 'enough' }));
      },
    });
    await end.catch((error: unknown) => {
      if (!(error instanceof ApiError && error.reason === 'Enough')) throw error;
    });
    return events;
  }

  const told = ({ type, object, resourceVersion, initialEventsEnd }: WatchEvent) => ({
    ...{ type, resourceVersion, initialEventsEnd },
    object: type === 'BOOKMARK' ? undefined : projectPod(object),
  });

  it('are the same in a list as those of JSON', async () => {
    const [json, protobuf] = await Promise.all(
      FORMS.map((message) => requests.list(PODS, { namespace: NAMESPACE, message })),
    );
    expect(protobuf?.items.map(isFromProtobuf)).to.deep.equal(RICH_PODS.map(() => true));
    expect(json?.items.map(isFromProtobuf)).to.deep.equal(RICH_PODS.map(() => false));
    expect(protobuf?.items.map((item) => projectPod(item))).to.deep.equal(
      json?.items.map((item) => projectPod(item)),
    );
    expect(protobuf?.items.map(metadataOf)).to.deep.equal(json?.items.map(metadataOf));
    expect(protobuf?.resourceVersion).to.equal(json?.resourceVersion);
  });

  it('are read whole, and have what they were made with', async () => {
    const { items } = await requests.list(PODS, { namespace: NAMESPACE, message: POD_MESSAGE });
    const pods = new Map(items.map((item) => projectPod(item)).map((pod) => [pod.name, pod]));
    expect([...pods.values()].map(({ unreadable }) => unreadable)).to.deep.equal(
      RICH_PODS.map(() => undefined),
    );
    expect(pods.get('rich')).to.deep.include({ deleting: true, target: 'Deployment/web', phase: 'Pending' });
    expect(pods.get('rich')?.statuses).to.have.length(3);
    expect(pods.get('held')).to.include({ held: true, unscheduled: 'SchedulingGated: held by gates' });
    expect(Object.keys(pods.get('opened')?.writtenByOthers ?? {})).to.deep.equal(Object.keys(OPENING));
  });

  it('are the same in a watch that begins with what is there', async () => {
    const [json, protobuf] = await Promise.all(
      FORMS.map((message) =>
        watched(message, { sendInitialEvents: true }, (event) => event.initialEventsEnd),
      ),
    );
    expect(protobuf).to.have.length(RICH_PODS.length + 1);
    const byName = (events: WatchEvent[] = []) =>
      events.map(told).toSorted((a, b) => ((a.object?.name ?? '') < (b.object?.name ?? '') ? -1 : 1));
    expect(byName(protobuf?.slice(0, -1))).to.deep.equal(byName(json?.slice(0, -1)));
    expect(protobuf?.at(-1)).to.include({ type: 'BOOKMARK', initialEventsEnd: true });
    expect(protobuf?.slice(0, -1).map(({ object }) => isFromProtobuf(object))).not.to.include(false);
  });

  it('are the same while they come, change and go', async () => {
    const { resourceVersion } = await requests.list(PODS, { namespace: NAMESPACE });
    const target = { namespace: NAMESPACE, name: 'passing' };
    const both = Promise.all(
      FORMS.map((message) => watched(message, { resourceVersion }, ({ type }) => type === 'DELETED')),
    );
    const spec = { containers: [{ name: 'app', image: 'app' }] };
    await requests.create(PODS, NAMESPACE, { apiVersion: 'v1', kind: 'Pod', metadata: target, spec });
    await requests.patch(PODS, target, { metadata: { labels: { a: 'b' } } }, { type: 'merge' });
    await requests.delete(PODS, target);
    const [json, protobuf] = await both;
    expect([...new Set(protobuf?.map(({ type }) => type))]).to.deep.equal(['ADDED', 'MODIFIED', 'DELETED']);
    expect(protobuf?.map(told)).to.deep.equal(json?.map(told));
    expect(new Set(protobuf?.map(({ object }) => metaOf(object).name))).to.deep.equal(new Set(['passing']));
  });

  it('are read on where one was written with what nobody can read', async () => {
    const target = { namespace: NAMESPACE, name: 'odd' };
    const spec = { containers: [{ name: 'app', image: 'app' }] };
    await requests.create(PODS, NAMESPACE, { apiVersion: 'v1', kind: 'Pod', metadata: target, spec });
    const source = kubeconfigCredentials({ kubeconfigPath: cluster().kubeconfig });
    const owner: EncodedFields = [
      [1, 'odd'],
      [2, 'Update'],
      [3, 'v1'],
      [4, [[1, NO_TIME]]],
      [6, 'FieldsV1'],
      [7, [[1, '{"f:metadata":{}}']]],
    ];
    const annotation: EncodedFields = [
      [1, 'odd'],
      [2, NO_TEXT],
    ];
    const metadata: EncodedFields = [
      [12, annotation],
      [17, owner],
    ];
    await replaceWith(source, objectPath(PODS, target), 'Pod', [[1, metadata]]);
    const { items } = await requests.list(PODS, { namespace: NAMESPACE, message: POD_MESSAGE });
    const odd = items.find((item) => metaOf(item).name === target.name);
    expect(metadataSchema.parse(z.object({ metadata: z.unknown() }).parse(odd).metadata)).to.deep.include({
      annotations: { odd: '\ufffd\ufffd' },
    });
    expect(timesIn(odd)).to.include('');
    expect(items.map((item) => projectPod(item)).map(({ unreadable }) => unreadable)).to.deep.equal(
      items.map(() => undefined),
    );
    await requests.delete(PODS, target);
  });

  it('have containers that nobody changes but for their images, which the operator relies on', async () => {
    const target = { namespace: NAMESPACE, name: 'waiting' };
    const check = { name: 'dgate-first--db', image: 'waiter', args: ['wait'] };
    const spec = { initContainers: [check], containers: [{ name: 'app', image: 'app' }] };
    await requests.create(PODS, NAMESPACE, { apiVersion: 'v1', kind: 'Pod', metadata: target, spec });
    const { containers } = projectPod(await requests.get(PODS, target));
    expect(containers).to.deep.equal([check.name]);
    const changing = (fields: object) =>
      requests
        .patch(PODS, target, { spec: { initContainers: [{ ...check, ...fields }] } }, { type: 'strategic' })
        .then(
          () => 'stored',
          (error: unknown) => (error instanceof ApiError ? error.reason : error),
        );
    expect(await changing({ args: ['changed'] })).to.equal('Invalid');
    expect(await changing({ env: [{ name: 'CHANGED', value: 'yes' }] })).to.equal('Invalid');
    expect(await changing({ workingDir: '/changed' })).to.equal('Invalid');
    expect(await changing({ image: 'changed' })).to.equal('stored');
    await requests.delete(PODS, target);
  });

  async function bothFail(selection: Selection, from: string): Promise<ApiError | undefined> {
    const [json, protobuf] = await Promise.all(
      FORMS.map((message) => failed({ ...selection, message }, from)),
    );
    const said = (error: ApiError | undefined) => ({ ...error, message: error?.message });
    expect(said(protobuf)).to.deep.equal(said(json));
    return protobuf;
  }

  it('are refused with the words of JSON', async () => {
    const error = await bothFail({ labelSelector: '=,' }, '1');
    expect(error).to.include({ status: 400, reason: 'BadRequest' });
    expect(error?.message).to.match(/found '='/);
    expect(await bothFail({}, 'none'))
      .to.have.property('message')
      .that.matches(/resourceVersion/);
  });

  it('end with 410 where the version has expired', async () => {
    // What it remembers begins with its start.
    await cluster().restart();
    expect(await bothFail({}, '1')).to.satisfy(isGone);
  });

  /** The error of a watch: of its answer, or of its one event. */
  async function failed(selection: Selection, resourceVersion: string): Promise<ApiError> {
    const query = { resourceVersion, timeoutSeconds: 5 };
    const options = { requests, resource: PODS, clock: systemClock, signal: new AbortController().signal };
    try {
      await follow({
        ...{ ...options, selection: { namespace: NAMESPACE, ...selection }, query },
        idleLimitMs: () => LIMIT_MS,
        onEvent: (event) => {
          throw errorFromStatus(event.object);
        },
      });
    } catch (error) {
      if (error instanceof ApiError) return error;
      throw error;
    }
    throw new Error('it did not fail');
  }
});

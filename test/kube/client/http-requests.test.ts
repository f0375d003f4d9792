import { expect } from 'chai';
import { ApiError } from '../../../src/kube/api-error.ts';
import { connect } from '../../../src/kube/client/connection.ts';
import { createRequests } from '../../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../../src/kube/client/kubeconfig.ts';
import type { RequestObservation, Requests } from '../../../src/kube/client/requests.ts';
import { nameOf } from '../../../src/kube/resource.ts';
import { ManualClock } from '../manual-clock.ts';
import { until } from '../until.ts';
import {
  failure,
  hangUp,
  json,
  LiveWatch,
  MisbehavingServer,
  page,
  text,
  thing,
} from './misbehaving-server.ts';

const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true };
const target = { namespace: 'ns', name: 'a' };
const path = '/apis/apps/v1/namespaces/ns/deployments/a';

/** A kubeconfig for a server without TLS, as the sandbox has it. */
const kubeconfig = (port: number) => `
clusters: [{name: c, cluster: {server: "http://127.0.0.1:${port}"}}]
users: [{name: u, user: {token: secret-token}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x`;

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('createRequests', () => {
  let server: MisbehavingServer;
  let clock: ManualClock;
  let requests: Requests;
  let observed: RequestObservation[];
  let close: () => Promise<void>;

  beforeEach(async () => {
    server = await new MisbehavingServer().start();
    clock = new ManualClock();
    observed = [];
    const connection = connect(kubeconfigCredentials({ kubeconfigText: kubeconfig(server.port) }), {
      clock,
      userAgent: 'tests',
    });
    close = () => connection.close();
    requests = createRequests({ connection, clock, observer: (each) => observed.push(each) });
  });

  afterEach(async () => {
    await close();
    await server.stop();
  });

  const sent = () =>
    server.seen.map(({ method, url, headers, body }) => ({
      request: `${method} ${url}`,
      type: headers['content-type'],
      body: body === '' ? undefined : JSON.parse(body),
    }));

  it('asks what is served of a group and version', async () => {
    const answer = { kind: 'APIResourceList', resources: [{ name: 'jobs' }] };
    server.script(json(answer), json({}));
    expect(await requests.resources('batch', 'v1')).to.deep.equal(answer);
    await requests.resources('', 'v1');
    expect(sent().map(({ request }) => request)).to.deep.equal(['GET /apis/batch/v1', 'GET /api/v1']);
    const told = observed.map(({ verb, resource, status }) => `${verb} ${nameOf(resource)} ${status}`);
    // Users name groups: one that became a label of a metric would be one too many.
    expect(told).to.deep.equal(['get discovery 200', 'get discovery 200']);
  });

  it('says 404 of a group that is not served', async () => {
    server.script(failure(404, 'NotFound'));
    expect(await caught(requests.resources('batch', 'v9'))).to.include({ status: 404 });
  });

  it('does not wait for what is served once the signal aborts', async () => {
    const stop = new AbortController();
    const asked = caught(requests.resources('batch', 'v1', stop.signal));
    await until('it is asked', () => server.seen.length === 1);
    stop.abort();
    expect(await asked)
      .to.be.instanceOf(ApiError)
      .and.include({ status: 0 });
    expect(clock.pending).to.deep.equal([]);
  });

  it('gets an object as the server sent it', async () => {
    server.script(json({ metadata: { name: 'a' }, spec: { newField: 1 } }));
    expect(await requests.get(deployments, target)).to.deep.equal({
      metadata: { name: 'a' },
      spec: { newField: 1 },
    });
    expect(sent()).to.deep.equal([{ request: `GET ${path}`, type: undefined, body: undefined }]);
    expect(server.seen[0]?.headers).to.include({
      accept: 'application/json',
      'user-agent': 'tests',
      authorization: 'Bearer secret-token',
    });
  });

  it('creates, with who writes and whether for real in the query', async () => {
    server.script(json({ stored: true }, 201));
    const options = { fieldManager: 'me', dryRun: true, fieldValidation: 'Strict' } as const;
    expect(await requests.create(deployments, 'ns', { spec: {} }, options)).to.deep.equal({ stored: true });
    expect(sent()).to.deep.equal([
      {
        request:
          'POST /apis/apps/v1/namespaces/ns/deployments?fieldManager=me&dryRun=All&fieldValidation=Strict',
        type: 'application/json',
        body: { spec: {} },
      },
    ]);
  });

  for (const [type, contentType] of [
    ['merge', 'application/merge-patch+json'],
    ['strategic', 'application/strategic-merge-patch+json'],
    ['json', 'application/json-patch+json'],
  ] as const) {
    it(`sends a ${type} patch, of a subresource too`, async () => {
      server.script(json({}), json({}));
      await requests.patch(deployments, target, [{ op: 'x' }], { type });
      await requests.patch(deployments, target, {}, { type, subresource: 'status', dryRun: false });
      expect(sent()).to.deep.equal([
        { request: `PATCH ${path}`, type: contentType, body: [{ op: 'x' }] },
        { request: `PATCH ${path}/status`, type: contentType, body: {} },
      ]);
    });
  }

  it('is sent no more than the metadata of what it patches, where that is enough', async () => {
    server.script(json({}), json({}));
    await requests.patch(deployments, target, {}, { type: 'merge', answer: 'metadata' });
    await requests.patch(deployments, target, {}, { type: 'merge' });
    expect(server.seen.map(({ headers }) => headers.accept)).to.deep.equal([
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
      'application/json',
    ]);
  });

  it('deletes with preconditions', async () => {
    server.script(json({ kind: 'Status', status: 'Success' }));
    await requests.delete(deployments, target, { preconditions: { uid: 'u', resourceVersion: '5' } });
    expect(sent()).to.deep.equal([
      {
        request: `DELETE ${path}`,
        type: 'application/json',
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          preconditions: { uid: 'u', resourceVersion: '5' },
        },
      },
    ]);
  });

  it('reads the last lines of a log, as text', async () => {
    server.script(text('waiting for api: NXDOMAIN\n'), failure(403, 'Forbidden'));
    const pod = { namespace: 'ns', name: 'p' };
    const options = { container: 'dgate-g--api', tailLines: 3 };
    expect(await requests.log(pod, options)).to.equal('waiting for api: NXDOMAIN\n');
    const request = 'GET /api/v1/namespaces/ns/pods/p/log?container=dgate-g--api&tailLines=3';
    expect(sent()).to.deep.equal([{ request, type: undefined, body: undefined }]);
    expect(await caught(requests.log(pod, options))).to.include({ status: 403, reason: 'Forbidden' });
  });

  it('lists all pages, and names the version of the last', async () => {
    server.script(page([thing('a', '1')], '9', 'next/+page'), page([thing('b', '2')], '9'));
    const list = await requests.list(deployments, { namespace: 'ns', labelSelector: 'x=y' });
    expect(list).to.deep.equal({ items: [thing('a', '1'), thing('b', '2')], resourceVersion: '9' });
    const start = 'GET /apis/apps/v1/namespaces/ns/deployments?labelSelector=x%3Dy&limit=500';
    expect(sent().map(({ request }) => request)).to.deep.equal([start, `${start}&continue=next%2F%2Bpage`]);
  });

  it('takes null for an empty list, as Go writes it', async () => {
    server.script(json({ metadata: { resourceVersion: '9' }, items: null }));
    expect(await requests.list(deployments)).to.deep.equal({ items: [], resourceVersion: '9' });
  });

  it('asks for a watch with bookmarks, from a version or from the start', async () => {
    const watches = [new LiveWatch(), new LiveWatch()];
    server.script(...watches.map(({ step }) => step));
    const controller = new AbortController();
    const selection = { fieldSelector: 'metadata.name=a' };
    const watch = (query: { resourceVersion: string } | { sendInitialEvents: true }) =>
      requests.watch(deployments, selection, { ...query, timeoutSeconds: 300 }, controller.signal);
    await watch({ resourceVersion: '5' });
    await watch({ sendInitialEvents: true });
    const start =
      'GET /apis/apps/v1/deployments?watch=true&allowWatchBookmarks=true&fieldSelector=metadata.name%3Da';
    expect(sent().map(({ request }) => request)).to.deep.equal([
      `${start}&resourceVersion=5&timeoutSeconds=300`,
      `${start}&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=300`,
    ]);
    controller.abort();
    await until('the watches are closed', () => watches.every(({ closed }) => closed));
  });

  it('throws what the server says, with the time to wait', async () => {
    server.script(failure(429, 'TooManyRequests', { 'Retry-After': '3' }), text('bad gateway', 502));
    const busy = await caught(requests.get(deployments, target));
    expect(busy).to.be.instanceOf(ApiError);
    expect(busy).to.include({ status: 429, reason: 'TooManyRequests', retryAfterMs: 3000 });
    const broken = await caught(requests.patch(deployments, target, {}, { type: 'merge' }));
    expect(broken).to.include({ status: 502, message: 'bad gateway' });
  });

  it('keeps the token out of every error', async () => {
    server.script(failure(403, 'Forbidden'), hangUp);
    for (const _ of [1, 2]) {
      const error = await caught(requests.get(deployments, target));
      expect(error).to.be.instanceOf(ApiError);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.to.include('secret-token');
    }
  });

  it('makes NetworkError of a connection that is cut, before the answer or within it', async () => {
    const halfway = (response: Parameters<typeof hangUp>[0]) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('{"metadata":', () => response.destroy());
    };
    server.script(hangUp, halfway, json({}));
    expect(await caught(requests.get(deployments, target))).to.include({ status: 0, reason: 'NetworkError' });
    expect(await caught(requests.get(deployments, target))).to.include({ status: 0, reason: 'NetworkError' });
    expect(await requests.get(deployments, target)).to.deep.equal({});
  });

  it('makes NetworkError of an answer that is not JSON, or not a list', async () => {
    server.script(text('<html>'), json({ items: 'many' }));
    expect(await caught(requests.get(deployments, target))).to.include({
      status: 0,
      reason: 'NetworkError',
      message: 'get apps/v1/deployments: the answer is not JSON',
    });
    expect(await caught(requests.list(deployments))).to.include({ status: 0, reason: 'NetworkError' });
  });

  it('gives up after 15 s and closes the connection', async () => {
    server.script((response) => {
      response.writeHead(200);
      response.write('{');
    });
    const error = caught(requests.get(deployments, target));
    await until('the request is there', () => server.seen.length === 1);
    await clock.advance(14_999);
    expect(server.open).to.equal(1);
    await clock.advance(1);
    expect(await error).to.include({ status: 0, reason: 'Timeout' });
    await until('the connection is closed', () => server.open === 0);
  });

  it('tells the observer of each request once it is over', async () => {
    server.script(page([], '1', 'c'), page([], '1'), failure(404, 'NotFound'), hangUp);
    await requests.list(deployments);
    await caught(requests.get(deployments, target));
    await caught(requests.patch(deployments, target, {}, { type: 'merge' }));
    expect(observed.map(({ verb, status }) => `${verb} ${status}`)).to.deep.equal([
      'list 200',
      'list 200',
      'get 404',
      'patch 0',
    ]);
    expect(observed[0]).to.deep.equal({ verb: 'list', resource: deployments, status: 200, ms: 0 });
  });

  it('uses its connections again', async () => {
    for (let count = 0; count < 20; count += 1) {
      server.script(json({}));
      await requests.get(deployments, target);
    }
    expect(server.connections).to.be.below(3);
  });
});

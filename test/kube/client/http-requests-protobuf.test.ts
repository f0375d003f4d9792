import { expect } from 'chai';
import { ApiError } from '../../../src/kube/api-error.ts';
import { connect } from '../../../src/kube/client/connection.ts';
import { createRequests } from '../../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../../src/kube/client/kubeconfig.ts';
import type { Requests } from '../../../src/kube/client/requests.ts';
import { message, one, text as textValue } from '../../../src/kube/protobuf/message.ts';
import { ManualClock } from '../manual-clock.ts';
import { encodeObject, encodeStatus } from '../protobuf/encode.ts';
import { caught, kubeconfig } from './connection-rig.ts';
import { json, MisbehavingServer, page, protobuf, type Step, text, thing } from './misbehaving-server.ts';

const pods = { group: '', version: 'v1', plural: 'pods', namespaced: true };
const THING = message({ metadata: one(1, message({ name: one(1, textValue) })) });
const BOTH = 'application/vnd.kubernetes.protobuf,application/json';

function pageOf(name: string, next = ''): Step {
  return protobuf(
    encodeObject('PodList', [
      [
        1,
        [
          [1, ''],
          [2, '9'],
          [3, next],
        ],
      ],
      [2, [[1, [[1, name]]]]],
    ]),
  );
}

describe('createRequests, of what is read as protobuf', () => {
  let server: MisbehavingServer;
  let requests: Requests;
  let close: () => Promise<void>;

  beforeEach(async () => {
    server = await new MisbehavingServer().start();
    const clock = new ManualClock();
    const kubeconfigText = kubeconfig({ server: `http://127.0.0.1:${server.port}` }, {});
    const connection = connect(kubeconfigCredentials({ kubeconfigText }), { clock, userAgent: 'tests' });
    close = () => connection.close();
    requests = createRequests({ connection, clock });
  });

  afterEach(async () => {
    await close();
    await server.stop();
  });

  const list = () => requests.list(pods, { namespace: 'ns', message: THING });
  const watch = (signal: AbortSignal) =>
    requests.watch(pods, { message: THING }, { resourceVersion: '5', timeoutSeconds: 300 }, signal);

  it('lists all pages, and asks for protobuf or JSON', async () => {
    server.script(pageOf('a', 'next'), pageOf('b'));
    expect(await list()).to.deep.equal({
      items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
      resourceVersion: '9',
    });
    const path = '/api/v1/namespaces/ns/pods?limit=500';
    expect(server.seen.map(({ url, headers }) => [url, headers.accept])).to.deep.equal([
      [path, BOTH],
      [`${path}&continue=next`, BOTH],
    ]);
  });

  it('takes an empty list', async () => {
    server.script(protobuf(encodeObject('PodList', [[1, [[2, '9']]]])));
    expect(await list()).to.deep.equal({ items: [], resourceVersion: '9' });
  });

  it('takes JSON of a server that has no protobuf', async () => {
    server.script(page([thing('a', '1')], '9'));
    expect(await list()).to.deep.equal({ items: [thing('a', '1')], resourceVersion: '9' });
  });

  it('asks for JSON where no message is given', async () => {
    server.script(page([], '9'));
    await requests.list(pods);
    expect(server.seen[0]?.headers.accept).to.equal('application/json');
  });

  it('says of a watch in which form it comes', async () => {
    const stop = new AbortController();
    server.script(protobuf(Buffer.from('frames'), { isWatch: true }), json({}));
    expect(await watch(stop.signal)).to.include({ isProtobuf: true });
    expect(await watch(stop.signal)).to.include({ isProtobuf: false });
    expect(server.seen.map(({ headers }) => headers.accept)).to.deep.equal([BOTH, BOTH]);
    stop.abort();
  });

  it('throws what the server says, in protobuf or not', async () => {
    server.script(
      protobuf(encodeStatus(410, 'Expired'), { status: 410 }),
      protobuf(encodeStatus(403, 'Forbidden'), { status: 403 }),
      protobuf(Buffer.from('<html>'), { status: 502 }),
      text('bad gateway', 502),
    );
    const { signal } = new AbortController();
    const expired = await caught(list());
    expect(expired).to.be.instanceOf(ApiError);
    expect(expired).to.include({ status: 410, reason: 'Expired', message: 'said: Expired' });
    expect(await caught(watch(signal))).to.include({ status: 403, reason: 'Forbidden' });
    expect(await caught(list())).to.include({ status: 502, message: 'HTTP 502' });
    expect(await caught(list())).to.include({ status: 502, message: 'bad gateway' });
  });

  it('makes NetworkError of an answer that is no protobuf, or only a part of it', async () => {
    const whole = encodeObject('PodList', [[1, [[2, '9']]]]);
    server.script(protobuf(Buffer.from('{}')), protobuf(whole.subarray(0, -5)));
    for (const _ of [1, 2])
      expect(await caught(list())).to.include({
        ...{ status: 0, reason: 'NetworkError' },
        message: 'list v1/pods: the answer is not protobuf',
      });
  });
});

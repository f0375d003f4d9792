import { expect } from 'chai';
import { OPERATOR_USER } from '../../src/api/names.ts';
import { type Health, serveHealth } from '../../src/controller/health.ts';
import { createMetrics } from '../../src/controller/metrics.ts';
import { MetricsAccess } from '../../src/controller/metrics-access.ts';
import { type Connection, connect } from '../../src/kube/client/connection.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { manifestFiles, read } from '../config/manifests.ts';
import { NO_GAUGES } from '../controller/gauges.ts';
import { ManualClock } from '../kube/manual-clock.ts';
import { install, SERVICE_ACCOUNT } from '../scenarios/real-cluster.ts';
import { grantedRights, usedRights } from './permissions.ts';
import { useControlPlane } from './use.ts';

const READER = 'dependency-gate-metrics-reader';

describe('metrics of an operator with --metrics-access=authorized', function () {
  this.timeout(60_000);
  const cluster = useControlPlane();
  /** What the API server has said is forgotten as time is made to pass. */
  const clock = new ManualClock();
  let connection: Connection;
  let health: Health;
  const errors: string[] = [];

  before('install the operator, and serve its metrics with its permissions', async () => {
    await install(cluster());
    const { namespace, name } = SERVICE_ACCOUNT;
    const kubeconfigPath = await cluster().serviceAccountKubeconfig(namespace, name);
    connection = connect(kubeconfigCredentials({ kubeconfigPath }), {
      clock: systemClock,
      userAgent: 'dependency-gate-operator',
    });
    const requests = createRequests({ connection, clock: systemClock });
    const metrics = createMetrics(NO_GAUGES);
    health = await serveHealth({
      port: 0,
      metricsPort: undefined,
      metricsAccess: new MetricsAccess({
        requests,
        clock,
        onError: ({ message }) => errors.push(message),
      }),
      isReady: () => true,
      registry: metrics.registry,
      clock: systemClock,
      onError: ({ message }) => errors.push(message),
    });
    for (const account of ['prometheus', 'neighbour', 'gone'])
      await cluster().kubectl(['create', 'serviceaccount', account]);
  });
  after(async () => {
    await health.stop();
    await connection.close();
  });

  async function token(account: string, ...args: readonly string[]): Promise<string> {
    return (await cluster().kubectl(['create', 'token', account, ...args])).trim();
  }

  async function scrape(bearer?: string, path = '/metrics') {
    const headers = bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` };
    const response = await fetch(`http://127.0.0.1:${health.port}${path}`, { headers });
    return { status: response.status, body: await response.text() };
  }

  async function bind(account: string): Promise<void> {
    const user = `--serviceaccount=default:${account}`;
    await cluster().kubectl(['create', 'clusterrolebinding', account, `--clusterrole=${READER}`, user]);
  }

  it('are for nobody before the operator may ask, and say what to apply', async () => {
    const { status, body } = await scrape(await token('prometheus'));
    expect([status, body]).to.deep.equal([
      503,
      'who may read metrics is not known for now: the operator may not ask the API server: apply config/metrics-access\n',
    ]);
    expect(errors.splice(0).join()).to.include('cannot create resource "tokenreviews"');
  });

  it('are for the ServiceAccount that is bound to the role, and for no other', async () => {
    for (const file of manifestFiles('config/metrics-access')) await cluster().apply(read(file));
    await bind('prometheus');
    expect(await scrape(await token('prometheus'))).to.include({ status: 200 });
    expect(await scrape(await token('neighbour'))).to.deep.equal({
      status: 403,
      body: `this ServiceAccount or user may not get /metrics: bind it to the ClusterRole ${READER}\n`,
    });
  });

  it('are for nobody whom the API server does not know', async () => {
    const good = await token('prometheus');
    const gone = await token('gone');
    await cluster().kubectl(['delete', 'serviceaccount', 'gone']);
    const [head, payload = '', signature] = good.split('.');
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), exp: 4_000_000_000 };
    const changed = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const bad = {
      none: undefined,
      garbage: 'garbage',
      'another audience': await token('prometheus', '--audience=vault'),
      'an account that is gone': gone,
      'a life of its own making': [head, changed, signature].join('.'),
    };
    for (const [what, bearer] of Object.entries(bad))
      expect((await scrape(bearer)).status, what).to.equal(401);
    expect((await scrape(good)).status).to.equal(200);
  });

  it('are for whoever is bound later, ten seconds after they were refused, and a minute for whoever is no more', async () => {
    const late = await token('neighbour');
    expect((await scrape(late)).status).to.equal(403);
    await bind('neighbour');
    await clock.advance(10_000);
    expect((await scrape(late)).status).to.equal(200);
    await cluster().kubectl(['delete', 'clusterrolebinding', 'neighbour']);
    await clock.advance(59_000);
    expect((await scrape(late)).status).to.equal(200);
    await clock.advance(1_000);
    expect((await scrape(late)).status).to.equal(403);
  });

  it('leave the probes to everybody', async () => {
    expect((await scrape(undefined, '/healthz')).status).to.equal(200);
    expect((await scrape(undefined, '/readyz')).status).to.equal(200);
  });

  it('take the permissions of config/metrics-access, all of them and no others', function () {
    const { auditLog } = cluster();
    if (auditLog === undefined) return this.skip();
    const { used } = usedRights(auditLog, OPERATOR_USER);
    expect([...used]).to.have.members(grantedRights('config/metrics-access/reviewer.yaml'));
    expect(errors).to.deep.equal([]);
  });
});

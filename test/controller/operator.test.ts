import { expect } from 'chai';
import { pino } from 'pino';
import { PLURAL } from '../../src/api/names.ts';
import { Operator } from '../../src/controller/operator.ts';
import type { Connection, HttpAnswer, Init } from '../../src/kube/client/connection.ts';
import { definition, lacking } from '../api/definition.ts';
import { dns, type GateBuilder, gate, SETTINGS } from '../core/builders.ts';
import { ManualClock, settled } from '../kube/manual-clock.ts';
import { asked, storedPolicies } from './admission/stored-policies.ts';

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly resource?: string;
  readonly err?: { readonly status?: number };
}

const WARN = 40;
const EMPTY = { metadata: { resourceVersion: '1' }, items: [] };

interface Server {
  /** How it answers whoever asks for the admission policies. */
  readonly policies?: (url: string) => number;
  /** What it says of its version. */
  readonly version?: object;
  /** Its gates: no watch tells when they change. */
  readonly gates?: readonly object[];
  /** Its CustomResourceDefinition of gates. Default: there is none. */
  readonly crd?: () => object;
  /** A list was asked for, of this path, in this form. */
  readonly onList?: (path: string, accept: string | undefined) => void;
  /** What is sent to change one of them. */
  readonly onPatch?: (body: string) => void;
}

/** An operator on an API server that knows no WatchList, has nothing but these, and answers the lists of one resource as it is told. */
function rig(path: string, answer: (signal: AbortSignal) => Promise<HttpAnswer>, server: Server = {}) {
  const {
    policies = () => 404,
    gates = [],
    onPatch = () => {},
    onList = () => {},
    version = {},
    crd,
  } = server;
  const lines: LogLine[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const clock = new ManualClock();
  const fetch = async (url: string, { signal, method, body = '', headers }: Init): Promise<HttpAnswer> => {
    if (url.startsWith(path)) return answer(signal);
    if (url.includes('admissionpolic')) return answered(policies(url), storedPolicy(url));
    if (url === '/version') return answered(200, version);
    if (url.includes('customresourcedefinitions')) return answered(crd ? 200 : 404, crd?.() ?? {});
    if (url.includes('sendInitialEvents')) return answered(422, {});
    if (url.includes('watch=true')) return untilAborted(signal);
    if (method === 'GET') onList(url.replace(/\?.*/, ''), headers?.Accept);
    if (!url.includes(PLURAL)) return answered(200, EMPTY);
    if (method === 'PATCH') onPatch(body);
    return answered(200, method === 'PATCH' ? (gates[0] ?? {}) : { ...EMPTY, items: gates });
  };
  const connection: Connection = { fetch, close: async () => {} };
  const random = () => 0;
  const operator = new Operator({ connection, settings: SETTINGS, instance: 'test', log, clock, random });
  return { operator, clock, lines };
}

function answered(status: number, body: object): HttpAnswer {
  return {
    status,
    contentType: 'application/json',
    retryAfter: undefined,
    text: async () => JSON.stringify(body),
    bytes: async () => new TextEncoder().encode(JSON.stringify(body)),
    chunks: (async function* () {})(),
  };
}

/** The object that a path names. */
function storedPolicy(path: string): object {
  const [name = '', plural = ''] = path.split('/').reverse();
  return storedPolicies().get(asked(plural, name)) ?? {};
}

/** A gate as a list of the API server has it. */
function listed({ gate, spec }: GateBuilder): object {
  const { namespace, name, uid, resourceVersion, generation, finalizers, createdAt, status } = gate;
  const metadata = {
    namespace,
    name,
    uid,
    resourceVersion,
    generation,
    finalizers,
    creationTimestamp: createdAt,
  };
  return { metadata, spec, status };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

describe('Operator', () => {
  it('is ready once all its stores are filled', async () => {
    const { operator, clock } = rig('/nothing', async () => answered(200, EMPTY));
    const started = operator.start();
    expect(operator.isReady).to.equal(false);
    for (let second = 0; second < 10; second++) await clock.advance(1000);
    await started;
    expect(operator.isReady).to.equal(true);
    await operator.stop();
  });

  it('asks for Pods as protobuf, and for everything else as JSON', async () => {
    const asked = new Map<string, string | undefined>();
    const onList = (path: string, accept: string | undefined) => void asked.set(path, accept);
    const { operator, clock } = rig('/nothing', async () => answered(200, EMPTY), { onList });
    const started = operator.start();
    for (let second = 0; second < 10; second++) await clock.advance(1000);
    await started;
    await operator.stop();
    const inProtobuf = [...asked].filter(([, accept]) => accept?.includes('protobuf')).map(([path]) => path);
    expect(inProtobuf).to.deep.equal(['/api/v1/pods']);
    expect([...asked.keys()]).to.include.members(['/apis/apps/v1/deployments', '/apis/batch/v1/jobs']);
  });

  it('is not ready without the right to one of its watches, says which, and stops all the same', async () => {
    const { operator, clock, lines } = rig('/apis/batch/v1/jobs', async () => answered(403, {}));
    const started = operator.start();
    for (let second = 0; second < 60; second++) await clock.advance(1000);
    expect(operator.isReady).to.equal(false);
    const told = lines.filter(({ level, err }) => level === WARN && err?.status === 403);
    expect(new Set(told.map(({ resource }) => resource))).to.deep.equal(new Set(['batch/v1/jobs']));
    await operator.stop();
    await started;
  });

  it('stops while its stores are being filled, and then begins nothing', async () => {
    const { operator, lines } = rig('/api', untilAborted);
    const started = operator.start();
    await settled();
    await operator.stop();
    await started;
    expect(operator.isReady).to.equal(false);
    expect(lines.filter(({ level }) => level >= WARN)).to.deep.equal([]);
  });

  it('says when the policies come after its start, and when they go, and tells the metric', async () => {
    const state = { status: 404 };
    const { operator, clock, lines } = rig('/nothing', async () => answered(200, {}), {
      policies: () => state.status,
    });
    const metric = async () => {
      const values = await operator.metrics.registry
        .getSingleMetric('dependency_gate_admission_installed')
        ?.get();
      return values?.values[0]?.value;
    };
    const said = () =>
      lines.filter(({ msg }) => msg.includes('first starts')).map(({ msg }) => msg.split(':')[0] ?? '');
    const started = operator.start();
    for (let second = 0; second < 10; second++) await clock.advance(1000);
    await started;
    expect(said()).to.have.length(1);
    expect(said()[0]).to.equal('no policies that gate first starts are installed');
    expect(await metric()).to.equal(0);

    for (const [status, is, words] of [
      [200, 1, 'first starts are gated when their workloads are written'],
      [404, 0, 'no policies that gate first starts are installed'],
      [200, 1, 'first starts are gated when their workloads are written'],
    ] as const) {
      const before = said().length;
      state.status = status;
      await clock.advance(59_000);
      await clock.advance(1000);
      expect(said().slice(before)).to.deep.equal([words]);
      expect(await metric()).to.equal(is);
      await clock.advance(60_000);
      expect(said().slice(before), 'it is said once').to.deep.equal([words]);
    }
    await operator.stop();
  });

  it('says and counts first starts as refused only while the custom resource keeps by what they are', async () => {
    const state = { crd: definition(lacking('status.targets.firstStart')), resourceVersion: '1' };
    const { operator, clock, lines } = rig('/nothing', async () => answered(200, EMPTY), {
      policies: (url) => (url.includes('validating') ? 200 : 404),
      crd: () => ({ ...state.crd, metadata: { resourceVersion: state.resourceVersion } }),
    });
    const refused = async () => {
      const { registry } = operator.metrics;
      const found = await registry.getSingleMetric('dependency_gate_first_starts_refused')?.get();
      return found?.values[0]?.value;
    };
    const said = () => lines.filter(({ msg }) => msg.startsWith('first starts')).map(({ msg }) => msg);
    const started = operator.start();
    for (let second = 0; second < 10; second++) await clock.advance(1000);
    await started;
    expect(said()).to.have.length(1);
    expect(said()[0]).to.match(/^first starts are not refused, although the policies .* are installed/);
    expect(await refused()).to.equal(0);

    Object.assign(state, { crd: definition(), resourceVersion: '2' });
    await clock.advance(60_000);
    expect(said().slice(1).join()).to.match(/^first starts are refused until their templates carry/);
    expect(await refused()).to.equal(1);
    await clock.advance(120_000);
    expect(said(), 'it is said once').to.have.length(2);
    await operator.stop();
  });

  it('says once that its Kubernetes is newer than any that was tested', async () => {
    const version = { major: '1', minor: '99', gitVersion: 'v1.99.0' };
    const { operator, clock, lines } = rig('/nothing', async () => answered(200, EMPTY), { version });
    const started = operator.start();
    for (let second = 0; second < 180; second++) await clock.advance(1000);
    await started;
    const said = lines.filter(({ msg }) => msg.includes('v1.99.0'));
    expect(said.map(({ level }) => level)).to.deep.equal([WARN]);
    await operator.stop();
  });

  it('lists its gates again, and nothing else, when the custom resource shows more of them', async () => {
    const whole = gate('later')
      .targets('poller')
      .dependsOn(dns('db', { dns: { host: 'db.example.com' } }))
      .rendered();
    const versions = { crd: [definition(lacking('spec.updatePolicy')), definition()], at: 0 };
    const gates = [listed(whole)];
    const lists: string[] = [];
    const written: string[] = [];
    const { operator, clock } = rig('/nothing', async () => answered(200, EMPTY), {
      crd: () => ({ ...versions.crd[versions.at], metadata: { resourceVersion: `${versions.at}` } }),
      gates,
      onList: (path) => lists.push(path),
      onPatch: (body) =>
        written.push(...(/"type":"Ready".*?"reason":"(\w+)"/.exec(body)?.slice(1) ?? [body])),
    });
    const started = operator.start();
    for (let second = 0; second < 10; second++) await clock.advance(1000);
    await started;
    expect(new Set(written)).to.deep.equal(new Set(['InForce']));
    [lists.length, written.length] = [0, 0];
    // It has been stored all the while, and its version is the same.
    gates[0] = listed(whole.specifying({ updatePolicy: 'OnNextRollout' }));
    versions.at = 1;
    for (let second = 0; second < 120; second++) await clock.advance(1000);
    expect(written).to.include('NoAdmission');
    const path = `/apis/dependencygate.dev/v1alpha1/${PLURAL}`;
    expect(lists, 'and once more a few seconds later').to.deep.equal([path, path]);
    await operator.stop();
  });

  it('evaluates its gates again when the policies come', async () => {
    const state = { status: 404 };
    const written: string[] = [];
    const patient = gate('later')
      .targets('poller')
      .dependsOn(dns('db', { dns: { host: 'db.example.com' } }));
    const stored = listed(patient.specifying({ updatePolicy: 'OnNextRollout' }).rendered());
    const { operator, clock } = rig('/nothing', async () => answered(200, EMPTY), {
      policies: () => state.status,
      gates: [stored],
      onPatch: (body) =>
        written.push(...(/"type":"Ready".*?"reason":"(\w+)"/.exec(body)?.slice(1) ?? [body])),
    });
    const started = operator.start();
    for (let second = 0; second < 10; second++) await clock.advance(1000);
    await started;
    expect(written).to.deep.equal(['NoAdmission']);
    state.status = 200;
    for (let second = 0; second < 60; second++) await clock.advance(1000);
    expect(written).to.deep.equal(['NoAdmission', 'InForce']);
    await operator.stop();
  });
});

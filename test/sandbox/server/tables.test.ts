import { expect } from 'chai';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { humanDuration } from '../../../src/sandbox/server/age.ts';
import { jsonPathFinder } from '../../../src/sandbox/server/custom-columns.ts';
import { type Fields, fields, list } from '../../../src/sandbox/server/json.ts';
import { podRow } from '../../../src/sandbox/server/pod-row.ts';
import {
  CONFIG_MAPS,
  configMap,
  DEPLOYMENTS,
  deployment,
  GATES,
  gate,
  MERGE,
  type Sandbox,
  sandbox,
} from './fixture.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');

/** A Pod with two init containers and one app container; `metadata` is merged in. */
function podWith(status: Fields, metadata: Fields = {}): KubeObject {
  const [initContainers, containers] = [[{ name: 'i' }, { name: 'j' }], [{ name: 'app' }]];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...metadata },
    spec: { initContainers, containers },
    status,
  };
}

const waiting = (name: string, reason: string) => ({ name, state: { waiting: { reason } } });
const running = (name: string, ready = false) => ({ name, ready, state: { running: {} } });
const terminated = (name: string, exitCode: number, reason = '') => ({
  name,
  state: { terminated: { exitCode, reason } },
});
const init = (...statuses: readonly Fields[]) => ({ phase: 'Pending', initContainerStatuses: statuses });
const passed = [terminated('i', 0, 'Completed'), terminated('j', 0, 'Completed')];
const app = (status: Fields, phase = 'Running') => ({
  phase,
  initContainerStatuses: passed,
  containerStatuses: [status],
});
const ready = { conditions: [{ type: 'Ready', status: 'True' }] };

describe('podRow', () => {
  const STATUSES: readonly (readonly [string, Fields])[] = [
    ['Pending', { phase: 'Pending' }],
    [
      'SchedulingGated',
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
    ],
    ['Init:0/2', init(running('i'), waiting('j', 'PodInitializing'))],
    ['Init:1/2', init(terminated('i', 0, 'Completed'), running('j'))],
    ['Init:0/2', init(waiting('i', 'PodInitializing'), waiting('j', 'PodInitializing'))],
    ['Init:ImagePullBackOff', init(waiting('i', 'ImagePullBackOff'), waiting('j', 'PodInitializing'))],
    ['Init:CrashLoopBackOff', init(waiting('i', 'CrashLoopBackOff'))],
    ['Init:Error', init(terminated('i', 1, 'Error'))],
    ['Init:ExitCode:3', init(terminated('i', 3))],
    ['Init:Signal:9', init({ name: 'i', state: { terminated: { exitCode: 137, signal: 9 } } })],
    ['PodInitializing', app(waiting('app', 'PodInitializing'), 'Pending')],
    ['Running', app(running('app', true))],
    ['CrashLoopBackOff', app(waiting('app', 'CrashLoopBackOff'))],
    ['Completed', app(terminated('app', 0, 'Completed'), 'Succeeded')],
    ['Evicted', { phase: 'Failed', reason: 'Evicted' }],
  ];
  for (const [status, given] of STATUSES)
    it(`says ${status}`, () => expect(podRow(podWith(given), NOW).status).to.equal(status));

  it('says Running where one container completed and another runs in a ready Pod', () => {
    const status = {
      ...ready,
      phase: 'Running',
      containerStatuses: [terminated('a', 0, 'Completed'), running('b', true)],
    };
    expect(podRow(podWith(status), NOW).status).to.equal('Running');
  });

  it('says Terminating of a Pod that is being deleted, unless it has ended', () => {
    const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(podRow(podWith(app(running('app', true)), deleted), NOW).status).to.equal('Terminating');
    const ended = app(terminated('app', 0, 'Completed'), 'Succeeded');
    expect(podRow(podWith(ended, deleted), NOW).status).to.equal('Completed');
  });

  it('counts ready containers', () => {
    expect(podRow(podWith(app(running('app', true))), NOW).ready).to.equal('1/1');
    expect(podRow(podWith(init(running('i'))), NOW).ready).to.equal('0/1');
  });

  it('counts native sidecars as containers', () => {
    const spec = {
      initContainers: [{ name: 's', restartPolicy: 'Always' }, { name: 'i' }],
      containers: [{ name: 'app' }],
    };
    const sidecar = { ...running('s', true), started: true };
    const pod = { ...podWith(init(sidecar, running('i'))), spec };
    expect(podRow(pod, NOW)).to.deep.equal({ ready: '1/2', status: 'Init:1/2', restarts: '0' });
  });

  it('counts the restarts of what runs now: init containers first, then the app', () => {
    const lastState = { terminated: { finishedAt: '2026-01-01T00:58:00Z' } };
    expect(podRow(podWith(init({ ...running('i'), restartCount: 2, lastState })), NOW).restarts).to.equal(
      '2 (2m ago)',
    );
    expect(podRow(podWith(app(running('app', true))), NOW).restarts).to.equal('0');
  });
});

describe('humanDuration', () => {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
  const CASES: readonly (readonly [number, string])[] = [
    [-3 * second, '<invalid>'],
    [-1 * second, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [2 * minute + 5 * second, '2m5s'],
    [179 * minute, '179m'],
    [3 * hour + 20 * minute, '3h20m'],
    [47 * hour, '47h'],
    [3 * day, '3d'],
    [3 * day + 4 * hour, '3d4h'],
    [700 * day, '700d'],
    [800 * day, '2y70d'],
    [9 * 365 * day, '9y'],
  ];
  for (const [ms, told] of CASES)
    it(`tells ${ms} ms as ${told}`, () => expect(humanDuration(ms)).to.equal(told));
});

describe('jsonPathFinder', () => {
  const object = {
    a: {
      b: [
        { t: 'x', s: 1 },
        { t: 'y', s: 2 },
      ],
      'c.d': 3,
    },
    n: null,
  };
  const CASES: readonly (readonly [string, readonly unknown[]])[] = [
    ['.a.b[?(@.t=="y")].s', [2]],
    ['.a.b[0].t', ['x']],
    ['.a.b[*].s', [1, 2]],
    ['.a.c\\.d', [3]],
    [".a['c.d']", [3]],
    ['.a.missing.more', []],
    ['.n', []],
  ];
  for (const [path, found] of CASES)
    it(`finds ${JSON.stringify(found)} at ${path}`, () =>
      expect(jsonPathFinder(path)(object)).to.deep.equal(found));
});

describe('presentList', () => {
  let server: Sandbox;
  before(async () => {
    server = await sandbox({ now: () => NOW });
  });
  after(() => server.stop());

  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const table = async (path: string) => (await server.call('GET', path, undefined, { accept })).body;
  /** The cells by the names of their columns. */
  const row = (answer: Fields) => {
    const cells = list(fields(list(answer.rows)[0]).cells);
    return Object.fromEntries(
      list(answer.columnDefinitions).map((column, index) => [fields(column).name, cells[index]]),
    );
  };

  it('gives Deployments kubectl’s columns', async () => {
    await server.call('POST', DEPLOYMENTS, deployment('a'));
    expect(row(await table(DEPLOYMENTS))).to.deep.equal({
      Name: 'a',
      Ready: '0/1',
      'Up-to-date': 0,
      Available: 0,
      Age: '0s',
      Containers: 'app',
      Images: 'app:1',
      Selector: 'app=a',
    });
  });

  it('gives gates the columns of their definition; what is not there yet is empty', async () => {
    await server.call('POST', GATES, gate('a'));
    expect(row(await table(GATES))).to.include({ Name: 'a', Targets: null, Age: '0s' });
    const display = { targets: '1/1', pods: '0/2', init: 'Init:0/1', dependencies: 'api', waitingOn: 'api' };
    await server.call('PATCH', `${GATES}/a/status`, { status: { display } }, { 'content-type': MERGE });
    expect(row(await table(GATES))).to.include({
      Targets: '1/1',
      Pods: '0/2',
      Init: 'Init:0/1',
      'Waiting-On': 'api',
    });
  });

  it('gives a row as much of its object as is asked for', async () => {
    await server.call('POST', CONFIG_MAPS, configMap('a', { data: { k: 'v' } }));
    const object = async (query: string) =>
      fields(list((await table(`${CONFIG_MAPS}${query}`)).rows)[0]).object;
    expect(await object(''))
      .to.include({ kind: 'PartialObjectMetadata' })
      .and.not.have.property('data');
    expect(await object('?includeObject=Object')).to.deep.include({ kind: 'ConfigMap', data: { k: 'v' } });
    expect(await object('?includeObject=None')).to.equal(undefined);
  });

  it('gives the metadata alone where that is asked for: of a list, an object and what was written', async () => {
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
    await server.call('POST', CONFIG_MAPS, configMap('a', { data: { k: 'v' } }));
    const listed = fields((await server.call('GET', CONFIG_MAPS, undefined, { accept })).body);
    const whole = fields((await server.call('GET', `${CONFIG_MAPS}/a`)).body);
    const { metadata } = whole;
    const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
    expect(listed).to.deep.include({ kind: 'PartialObjectMetadataList', items: [partial] });
    expect((await server.call('GET', `${CONFIG_MAPS}/a`, undefined, { accept })).body).to.deep.equal(partial);
    const headers = { accept, 'content-type': MERGE };
    const { body } = await server.call('PATCH', `${CONFIG_MAPS}/a`, { data: { k: 'w' } }, headers);
    expect(fields(body)).to.include({ kind: 'PartialObjectMetadata' }).and.not.have.property('data');
  });

  it('gives one object a table too', async () => {
    expect(row(await table(`${CONFIG_MAPS}/a`))).to.deep.equal({ Name: 'a', Data: 1, Age: '0s' });
  });
});

import { expect } from 'chai';
import { specSchema } from '../../../src/api/spec.ts';
import type { Reader } from '../../../src/commands/cluster/reader.ts';
import { readWorld } from '../../../src/commands/explain/read-world.ts';
import { render } from '../../../src/core/render/render.ts';
import { ApiError, errorFromAnswer } from '../../../src/kube/api-error.ts';
import { NOW, SETTINGS } from '../../core/builders.ts';

const TARGET = { namespace: 'ns', name: 'first' };
const OPTIONS = { now: NOW, flags: '' };
const metadata = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T11:00:00Z', generation: 1 };
const GATE = {
  apiVersion: 'dependencygate.dev/v1alpha1',
  kind: 'DependencyGate',
  metadata: { ...metadata, ...TARGET },
  spec: { targets: [{ name: 'pinger' }], dependencies: [{ name: 'api', dns: { host: 'api' } }] },
};

const dependsOn = (name: string) => ({ name, dns: { host: name } });

/** Pods as the API server lists them; each carries the containers that are named. */
function pod(name: string, containers: readonly string[], more: object = {}) {
  return {
    metadata: { ...metadata, name, namespace: 'ns' },
    spec: { initContainers: containers.map((container) => ({ name: container })) },
    ...more,
  };
}

function reader(gate: () => unknown, pods: readonly unknown[] = []): Reader {
  return {
    get: async () => gate(),
    list: async () => ({ items: pods, resourceVersion: '1' }),
    log: async () => {
      throw new Error('no log is to be read');
    },
  };
}

describe('readWorld', () => {
  for (const [what, error, says] of [
    [
      'a server that serves no gates, as it answers for a path that is none',
      errorFromAnswer(404, undefined, '404 page not found'),
      'the cluster knows no DependencyGate: its CustomResourceDefinition is not installed',
    ],
    [
      'a gate that is not there',
      new ApiError({ status: 404, reason: 'NotFound', message: 'x' }),
      'DependencyGate ns/first does not exist',
    ],
    [
      'permissions that are not there',
      new ApiError({ status: 403, reason: 'Forbidden', message: 'User "me" cannot get' }),
      'you may not read DependencyGate ns/first: User "me" cannot get',
    ],
    [
      'credentials that are not accepted',
      new ApiError({ status: 401, reason: 'Unauthorized', message: 'Unauthorized' }),
      'the cluster does not accept the credentials of the kubeconfig',
    ],
    [
      'credentials that cannot be read',
      new ApiError({ status: 0, reason: 'Credentials', message: 'cannot read the credentials: no plugin' }),
      'cannot read the credentials: no plugin',
    ],
    [
      'a network that is down',
      new ApiError({ status: 0, reason: 'NetworkError', message: 'connect ECONNREFUSED' }),
      'the cluster does not answer: connect ECONNREFUSED',
    ],
    ['a server that fails', new ApiError({ status: 500, reason: 'InternalError', message: 'etcd' }), 'etcd'],
  ] as const) {
    it(`tells of ${what}`, async () => {
      const failing = reader(() => {
        throw error;
      });
      const failure = await readWorld(failing, TARGET, OPTIONS).catch((thrown: unknown) => thrown);
      expect(failure).to.be.instanceOf(Error).with.property('message', says);
    });
  }

  it('keeps the Pods of this gate that live, by name', async () => {
    const pods = [
      pod('z', ['dgate-first--api']),
      pod('done', ['dgate-first--api'], { status: { phase: 'Succeeded' } }),
      pod('other', ['dgate-second--api']),
      pod('a', ['dgate-first--api', 'dgate-second--api']),
    ];
    const world = await readWorld(
      reader(() => GATE, pods),
      TARGET,
      OPTIONS,
    );
    expect(world.pods).to.be.an('array');
    expect('unread' in world.pods ? [] : world.pods.map(({ name }) => name)).to.deep.equal(['a', 'z']);
  });

  it('does not hide a defect of its own', async () => {
    const failing: Reader = {
      ...reader(() => GATE),
      list: async () => {
        throw new TypeError('a defect');
      },
    };
    const failure = await readWorld(failing, TARGET, OPTIONS).catch((thrown: unknown) => thrown);
    expect(failure).to.be.instanceOf(TypeError);
  });

  it('reads from the log that dependencies share the last lines about each', async () => {
    const spec = { ...GATE.spec, order: 'Parallel', dependencies: ['api', 'api-v2'].map(dependsOn) };
    const parsed = specSchema.parse(spec);
    const stored = render('first', parsed, SETTINGS);
    const [container] = stored.initContainers;
    const annotations = { 'gate.dependencygate.dev/first': stored.hash };
    const waiting = {
      metadata: { ...metadata, name: 'app-1', namespace: 'ns', annotations },
      spec: { initContainers: [container] },
      status: {
        phase: 'Pending',
        initContainerStatuses: [
          { name: 'dgate-first--all', state: { running: { startedAt: '2026-01-01T11:00:00Z' } } },
        ],
      },
    };
    const lines = ['waiting for api: NXDOMAIN', 'waiting for api-v2: one', 'waiting for api-v2: two'];
    const asked: string[] = [];
    const { logs } = await readWorld(
      {
        ...reader(() => ({ ...GATE, spec, status: { render: stored } }), [waiting]),
        log: async (_, options) => {
          asked.push(options.container);
          return [...lines, 'waiting for api-v2: three', 'waiting for api-v2: four', ''].join('\n');
        },
      },
      TARGET,
      OPTIONS,
    );
    expect(new Set(asked)).to.deep.equal(new Set(['dgate-first--all']));
    expect(logs.get('api')?.lines).to.deep.equal(['waiting for api: NXDOMAIN']);
    expect(logs.get('api-v2')?.lines).to.deep.equal(
      ['two', 'three', 'four'].map((answer) => `waiting for api-v2: ${answer}`),
    );
  });
});

import { expect } from 'chai';
import { createStores } from '../../src/controller/stores.ts';
import { projectPod } from '../../src/projections/project-pod.ts';
import { projectWorkload } from '../../src/projections/project-workload.ts';

const GATE = 'gate.dependencygate.dev/';
const NUMBERS = Array.from({ length: 6000 }, (_, index) => index);
/** What is kept of any object, in JSON. An object of the API server has up to a megabyte and a half. */
const MOST = 60_000;

const metadata = (name: string, more: object = {}) => ({
  namespace: 'apps',
  name,
  uid: `uid-of-${name}`,
  resourceVersion: '1',
  labels: { 'dependencygate.dev/gated': 'true', 'dependencygate.dev/require': 'required' },
  ...more,
});
const carrying = (names: readonly string[]) => Object.fromEntries(names.map((name) => [GATE + name, 'x']));
const many = (prefix = 'n') => NUMBERS.map((index) => `${prefix}${index}`);
const owned = (annotations: object) => [
  {
    manager: 'kubectl',
    time: '2026-01-01T00:00:00Z',
    fieldsV1: {
      'f:metadata': {
        'f:annotations': Object.fromEntries(Object.keys(annotations).map((key) => [`f:${key}`, {}])),
      },
    },
  },
];
const container = (name: string) => ({ name, image: 'i' });
const LONG = 'y'.repeat(200_000);

describe('what is kept of an object', () => {
  const annotations = { ...carrying(many()), 'open.dependencygate.dev/a.b': LONG };
  const podsOf: Readonly<Record<string, object>> = {
    'thousands of annotations': {
      metadata: metadata('a', { annotations, managedFields: owned(annotations) }),
      spec: {},
    },
    'thousands of containers': {
      metadata: metadata('a'),
      spec: { initContainers: NUMBERS.map((index) => container(`dgate-a--n${index}`)) },
      status: { initContainerStatuses: NUMBERS.map((index) => container(`dgate-a--n${index}`)) },
    },
    'long values': {
      metadata: metadata('a', {
        annotations: {
          'dependencygate.dev/target': `Deployment/${LONG}`,
          [`${GATE}required`]: LONG,
          'open.dependencygate.dev/a.b': LONG,
        },
      }),
      spec: { initContainers: [container('dgate-a--b')] },
    },
    'thousands of labels, annotations and containers of its own': {
      metadata: metadata('a', {
        labels: Object.fromEntries(many('l').map((name) => [name, 'v'.repeat(63)])),
        annotations: { ...Object.fromEntries(many('a').map((name) => [name, 'v'.repeat(256)])), long: LONG },
      }),
      spec: {
        containers: many('c').map((name) => ({ name, image: `registry.example/${name}` })),
        nodeName: 'n',
      },
    },
    'long words': {
      metadata: metadata('a'),
      spec: { initContainers: [container('dgate-a--b')] },
      status: {
        initContainerStatuses: [
          {
            name: 'dgate-a--b',
            state: { waiting: { reason: LONG, message: LONG } },
            lastState: { terminated: { exitCode: 1, reason: LONG, message: LONG } },
          },
        ],
      },
    },
    'a container with thousands of variables': {
      metadata: metadata('a'),
      spec: {
        initContainers: [
          { ...container('dgate-a--b'), env: NUMBERS.map((index) => ({ name: `N${index}`, value: 'x' })) },
        ],
      },
    },
  };
  for (const [what, raw] of Object.entries(podsOf))
    it(`is little of a Pod with ${what}`, () => {
      expect(JSON.stringify(projectPod(raw)).length).to.be.below(MOST);
    });

  const view = (annotated: object, spec: object = {}) =>
    projectWorkload('Deployment', {
      metadata: metadata('a'),
      spec: { template: { metadata: { ...metadata('t'), annotations: annotated }, spec } },
    });

  it('is little of a template with thousands of annotations, and nothing of those that hold up nobody', () => {
    const { template } = view(
      {
        ...annotations,
        [`${GATE}required`]: 'removed',
        [`${GATE}here`]: 'hash',
        'dependencygate.dev/target': 'Deployment/a',
      },
      { initContainers: [container('dgate-here--api')] },
    );
    expect(template.annotations).to.deep.equal({
      [`${GATE}required`]: 'removed',
      [`${GATE}here`]: 'hash',
      'dependencygate.dev/target': 'Deployment/a',
    });
  });

  it('is every gate of a template that has no more than it can carry', () => {
    const names = many().slice(0, 60);
    const { template } = view({ ...carrying([...names, 'Not_A_Gate', 'a--b']), [`${GATE}required`]: 'x' });
    expect(Object.keys(template.annotations).sort()).to.deep.equal(
      [...names, 'required'].map((name) => GATE + name).sort(),
    );
  });

  it('is little of a template with long values', () => {
    const { template } = view({ [`${GATE}required`]: LONG, 'dependencygate.dev/target': LONG });
    expect(JSON.stringify(template).length).to.be.below(MOST);
  });

  it('finds of sixty Pods and templates with thousands of names each no more than 64 of any by its gates', () => {
    const stores = createStores();
    const names = new Set<string>();
    for (let index = 0; index < 60; index++) {
      const annotated = carrying(many(`n${index}-`));
      for (const name of many(`n${index}-`)) names.add(name);
      stores.pods.set(projectPod({ metadata: metadata(`p${index}`, { annotations: annotated }), spec: {} }));
      stores.workloads.Deployment.set({ ...view(annotated), name: `d${index}` });
    }
    const found = (store: { byIndex(index: 'gate', value: string): readonly unknown[] }) =>
      [...names].reduce((sum, name) => sum + store.byIndex('gate', `apps/${name}`).length, 0);
    expect(found(stores.pods)).to.equal(60 * 63);
    expect(found(stores.workloads.Deployment)).to.equal(0);
  }).timeout(30_000);
});

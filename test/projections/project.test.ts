import { expect } from 'chai';
import { projectGate } from '../../src/projections/project-gate.ts';
import { projectPod } from '../../src/projections/project-pod.ts';
import { projectWorkload } from '../../src/projections/project-workload.ts';

const META = { namespace: 'shop', name: 'pinger', uid: 'u', resourceVersion: '7', generation: 3 };
const GATED = {
  metadata: {
    labels: { app: 'pinger', 'dependencygate.dev/gated': 'true' },
    annotations: {
      'gate.dependencygate.dev/api-first': 'h',
      'dependencygate.dev/target': 'Deployment/pinger',
      other: 'x',
    },
  },
  spec: {
    initContainers: [
      { name: 'dgate-api-first--api', image: 'i' },
      { name: 'own', image: 'j' },
    ],
    volumes: [
      {
        name: 'dgate-api-first',
        projected: { sources: [{ downwardAPI: { items: [{ path: 'annotations' }] } }] },
      },
      { name: 'own', emptyDir: {} },
    ],
  },
};

describe('projectWorkload', () => {
  const workload = (kind: 'Deployment' | 'StatefulSet' | 'DaemonSet', spec: object, status?: object) =>
    projectWorkload(kind, {
      metadata: META,
      spec: { template: { spec: {} }, ...spec },
      ...(status && { status }),
    });

  it('keeps of a template what gating is about', () => {
    expect(workload('Deployment', { template: GATED }).template).to.deep.equal({
      initContainers: ['dgate-api-first--api', 'own'],
      contents: [
        {
          name: 'dgate-api-first--api',
          image: 'i',
          fields: {},
          env: {},
          envFrom: [],
          mounts: [],
          sized: false,
        },
      ],
      ...{ isWindows: false, hasPodResources: false, takenNames: [] },
      volumes: ['dgate-api-first', 'own'],
      foreignVolumes: [],
      nodeVolumes: [],
      sources: {},
      pullSecrets: [],
      guaranteed: false,
      firm: [],
      annotations: {
        'gate.dependencygate.dev/api-first': 'h',
        'dependencygate.dev/target': 'Deployment/pinger',
      },
      gated: true,
      required: [],
    });
  });

  it('takes one replica where none is given, and no status for zeros', () => {
    expect(workload('Deployment', {})).to.include({
      rest: undefined,
      replicas: 0,
      observedGeneration: 0,
      generation: 3,
      deleting: false,
    });
  });

  it('reads the Pods that a Deployment has', () => {
    const status = { replicas: 2, updatedReplicas: 1, observedGeneration: 3 };
    const read = workload('Deployment', { replicas: 3 }, status);
    expect(read).to.include({ rest: undefined, replicas: 2, updated: 1, updates: 'Rolling' });
    expect(read).to.include({ observedGeneration: 3 });
  });

  it('reads how a Deployment rolls, and whether it is paused', () => {
    expect(workload('Deployment', {})).to.include({ updates: 'Rolling', paused: false });
    const stopped = workload('Deployment', { paused: true, strategy: { type: 'Recreate' } });
    expect(stopped).to.include({ updates: 'Recreate', paused: true });
  });

  it('reads those of a DaemonSet from its status, and when it replaces them', () => {
    const status = { desiredNumberScheduled: 4, currentNumberScheduled: 3, updatedNumberScheduled: 2 };
    expect(workload('DaemonSet', { updateStrategy: { type: 'OnDelete' } }, status)).to.include({
      rest: undefined,
      replicas: 3,
      updated: 2,
      updates: 'OnDelete',
    });
  });

  it('reads whether a Deployment lacks Pods, and its selector as a query has it', () => {
    const selector = {
      matchLabels: { app: 'web', tier: 'front' },
      matchExpressions: [
        { key: 'a', operator: 'In', values: ['x', 'y'] },
        { key: 'b', operator: 'NotIn', values: ['z'] },
        { key: 'c', operator: 'Exists' },
        { key: 'd', operator: 'DoesNotExist' },
      ],
    };
    const status = { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }] };
    expect(workload('Deployment', { selector }, status)).to.include({
      lacksPods: true,
      selector: 'app=web,tier=front,a in (x,y),b notin (z),c,!d',
    });
    const well = { conditions: [{ type: 'ReplicaFailure', status: 'False' }] };
    expect(workload('Deployment', {}, well)).to.include({
      lacksPods: false,
      selector: '',
    });
  });

  it("reads a StatefulSet's partition and update revision", () => {
    const strategy = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } };
    expect(workload('StatefulSet', strategy, { updateRevision: 'r2' })).to.include({
      partition: 2,
      updateRevision: 'r2',
    });
  });

  it('sees that it is being deleted', () => {
    const raw = {
      metadata: { ...META, deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: { template: { spec: {} } },
    };
    expect(projectWorkload('Deployment', raw).deleting).to.equal(true);
  });

  it('refuses what is no workload', () => {
    expect(() => projectWorkload('Deployment', { metadata: { name: 1 }, spec: {} })).to.throw();
  });

  describe('of a Kubernetes that is newer than the operator', () => {
    const container = { name: 'dgate-api-first--redis' };
    const annotations = { 'gate.dependencygate.dev/api-first': 'abc' };
    const template = {
      metadata: { annotations },
      spec: { initContainers: [container], volumes: [{ name: 'dgate-api-first' }] },
    };
    const whole = { metadata: META, spec: { replicas: 2, template }, status: { replicas: 2 } };
    const strange: Readonly<Record<string, readonly [object, RegExp]>> = {
      'a number of replicas': [{ ...whole, spec: { replicas: { min: 1 }, template } }, /^spec\.replicas: /],
      'a strategy': [{ ...whole, spec: { strategy: 'Slow', template } }, /^spec\.strategy: /],
      'a status': [{ ...whole, status: [] }, /^status: /],
      'a condition': [{ ...whole, status: { conditions: [{ type: 1 }] } }, /^status\.conditions\.0\.type: /],
      'an owner': [{ ...whole, metadata: { ...META, ownerReferences: 'x' } }, /^metadata\.ownerReferences: /],
      'an init container without a name': [
        {
          ...whole,
          spec: {
            template: { ...template, spec: { ...template.spec, initContainers: [{ nick: 1 }, container] } },
          },
        },
        /^spec\.template\.spec\.initContainers\.0\.name: /,
      ],
    };
    for (const [what, [raw, why]] of Object.entries(strange))
      it(`is a workload all the same, that says what cannot be read: ${what}`, () => {
        const read = projectWorkload('Deployment', raw);
        expect(read.unreadable).to.match(why);
        expect(read.template.initContainers).to.deep.equal(['dgate-api-first--redis']);
        expect(read.template.annotations).to.deep.equal(annotations);
      });

    for (const [what, spec, why] of [
      ['no template', {}, /^spec\.template: there is none/],
      ['no spec that is one', 'none', /^spec: /],
      ['a template that is none', { template: [] }, /^spec\.template: /],
      ['a name that is none', { template: { spec: { initContainers: [{ name: 7 }] } } }, /\.name: /],
    ] as const)
      it(`is one with nothing of a gate where there is ${what}`, () => {
        const read = projectWorkload('Deployment', { ...whole, spec });
        expect(read.unreadable).to.match(why);
        expect(read.template.initContainers).to.deep.equal([]);
      });

    it('is read as a whole where nothing is strange', () => {
      expect(projectWorkload('Deployment', whole)).to.include({ unreadable: undefined, replicas: 2 });
      const cronJob = { ...whole, spec: { jobTemplate: { spec: { template } } } };
      expect(projectWorkload('CronJob', cronJob).unreadable).to.equal(undefined);
      expect(projectWorkload('CronJob', { ...whole, spec: {} }).unreadable).to.match(
        /^spec\.jobTemplate\.spec\.template: /,
      );
    });
  });
});

describe('projectPod', () => {
  const pod = (status?: object, spec: object = {}, metadata: object = {}) =>
    projectPod({
      metadata: { ...META, creationTimestamp: '2026-01-01T00:00:00Z', ...GATED.metadata, ...metadata },
      spec: { ...GATED.spec, ...spec },
      ...(status && { status }),
    });

  it('keeps the containers of gates only, in their order', () => {
    const statuses = [
      { name: 'own', state: { running: { startedAt: 't' } } },
      { name: 'dgate-api-first--api', restartCount: 2, state: { running: { startedAt: 't' } } },
    ];
    const read = pod({ initContainerStatuses: statuses });
    expect(read.containers).to.deep.equal(['dgate-api-first--api']);
    expect(read.statuses).to.deep.equal([
      {
        name: 'dgate-api-first--api',
        restarts: 2,
        state: { is: 'running', startedAt: 't' },
        last: undefined,
      },
    ]);
  });

  describe('of a Pod that was read before', () => {
    const first = pod();
    const [before] = first.contents;
    const again = (image: string, metadata: object = {}) => {
      const raw = {
        metadata: { ...META, ...metadata },
        spec: { initContainers: [{ name: 'dgate-api-first--api', image }] },
      };
      return projectPod(raw, first).contents[0];
    };

    it('takes over what its containers are, which nobody may change', () => {
      expect(again('i')).to.equal(before);
    });

    it('reads them anew where an image is another, and where it is another Pod of that name', () => {
      expect(again('j')).to.deep.equal({ ...before, image: 'j' });
      expect(again('i', { uid: 'another' })).to.deep.equal(before);
      expect(again('i', { uid: 'another' })).not.to.equal(before);
    });
  });

  describe('of its own init containers', () => {
    const ours = 'dgate-api-first--api';
    const read = (own: object, ownStatus: object, ourStatus: object = { state: { waiting: {} } }) =>
      pod(
        {
          initContainerStatuses: [
            { name: 'proxy', ...ownStatus },
            { name: ours, ...ourStatus },
            { name: 'seed', state: { waiting: {} } },
          ],
        },
        { initContainers: [{ name: 'proxy', ...own }, { name: ours }, { name: 'seed' }] },
      );
    const stateOf = (own: object, ownStatus: object, ourStatus?: object) =>
      read(own, ownStatus, ourStatus).statuses.find(({ name }) => name === 'proxy')?.state;
    const sidecar = { restartPolicy: 'Always' };
    const running = { state: { running: { startedAt: 't' } } };
    const ended = { is: 'terminated', exitCode: 0, reason: '', message: '', finishedAt: 't' };

    it('keeps those that stand before one of a gate, and nothing of their contents', () => {
      const { containers, contents, statuses } = read({}, running);
      expect(containers).to.deep.equal(['proxy', ours]);
      expect(contents.map(({ name }) => name)).to.deep.equal([ours]);
      expect(statuses.map(({ name }) => name)).to.deep.equal(['proxy', ours]);
    });

    it('counts a sidecar as ended once it has started, and no other', () => {
      expect(stateOf(sidecar, { ...running, started: true })).to.deep.equal(ended);
      expect(stateOf(sidecar, { ...running, started: false })).to.deep.include({ is: 'running' });
      expect(stateOf({}, { ...running, started: true })).to.deep.include({ is: 'running' });
    });

    it('counts a sidecar that has ended as one that is to be restarted, and another as done', () => {
      const done = { state: { terminated: { exitCode: 0, finishedAt: 't' } } };
      expect(read({}, done).statuses[0]?.state).to.deep.equal(ended);
      const crashed = { state: { waiting: { reason: 'CrashLoopBackOff' } }, started: false };
      expect(stateOf(sidecar, crashed)).to.deep.include({ is: 'waiting', reason: 'CrashLoopBackOff' });
    });

    it('counts one that is restarted as ended, while what stands behind it runs on', () => {
      const crashed = { state: { waiting: { reason: 'CrashLoopBackOff' } }, started: false };
      expect(stateOf(sidecar, crashed, running)).to.deep.include({ is: 'terminated', exitCode: 0 });
    });
  });

  it('knows the ReplicaSet that made it, where it requires gates', () => {
    const ownerReferences = [
      { kind: 'Other', name: 'other', uid: 'u1' },
      { kind: 'ReplicaSet', name: 'pinger-abc', uid: 'u2', controller: true },
    ];
    const labels = { 'dependencygate.dev/require': 'api-first' };
    expect(pod(undefined, {}, { ownerReferences, labels }).replicaSet).to.deep.equal({
      name: 'pinger-abc',
      uid: 'u2',
    });
    expect(pod(undefined, {}, { ownerReferences }).replicaSet).to.equal(undefined);
    const byStatefulSet = [{ kind: 'StatefulSet', name: 'db', uid: 'u3', controller: true }];
    expect(pod(undefined, {}, { ownerReferences: byStatefulSet, labels }).replicaSet).to.equal(undefined);
  });

  const owned = (kind: string, name: string, apiVersion = 'apps/v1', controller = true) =>
    pod(
      undefined,
      {},
      { ownerReferences: [{ apiVersion, kind, name, uid: 'o', controller }], labels: HASHED },
    ).target;
  const HASHED = { 'pod-template-hash': 'abc' };

  for (const [kind, name, target, apiVersion] of [
    ['ReplicaSet', 'pinger-abc', 'Deployment/pinger', 'apps/v1'],
    ['ReplicaSet', 'a-b-abc', 'Deployment/a-b', 'apps/v1'],
    ['ReplicaSet', 'pinger-other', '', 'apps/v1'],
    ['StatefulSet', 'db', 'StatefulSet/db', 'apps/v1'],
    ['DaemonSet', 'agent', 'DaemonSet/agent', 'apps/v1'],
    ['Job', 'migrate', 'Job/migrate', 'batch/v1'],
    ['StatefulSet', 'db', '', 'apps.kruise.io/v1beta1'],
    ['Widget', 'pinger', '', 'apps/v1'],
  ] as const) {
    it(`is of ${target || 'no target'}, as ${kind} ${name} of ${apiVersion} owns it, whatever it says itself`, () => {
      expect(owned(kind, name, apiVersion)).to.equal(target);
    });
  }

  it('is of no target where nothing controls it, whatever it says itself', () => {
    expect(pod().target).to.equal('');
    expect(owned('StatefulSet', 'db', 'apps/v1', false)).to.equal('');
  });

  it('is of a CronJob where the template of its Job says so', () => {
    const annotations = { 'dependencygate.dev/target': 'CronJob/nightly' };
    const ownerReferences = [
      { apiVersion: 'batch/v1', kind: 'Job', name: 'nightly-1', uid: 'o', controller: true },
    ];
    expect(pod(undefined, {}, { annotations, ownerReferences })).to.deep.include({
      target: 'CronJob/nightly',
      owner: { name: 'nightly-1', uid: 'o' },
    });
  });

  it('drops annotations that are not ours', () => {
    expect(pod().annotations).to.not.have.property('other');
  });

  it('keeps of its annotations what its own gates and containers are about, however many others write', () => {
    const GATE = 'gate.dependencygate.dev/';
    const many = Array.from({ length: 6000 }, (_, index) => [`${GATE}n${index}`, 'x']);
    const OPEN = 'open.dependencygate.dev/api-first';
    const written = { [`${GATE}Not_A_Gate`]: 'x', [`${OPEN}.api`]: '1', [`${OPEN}.other`]: '1' };
    const labels = { 'dependencygate.dev/require': 'required' };
    const AGAIN = 'dependencygate.dev/opened-again';
    const last = { [`${GATE}required`]: 'h', [`${GATE}api-first`]: 'h', [AGAIN]: '1' };
    const annotations = { ...Object.fromEntries(many), ...written, ...last };
    const kept = pod(undefined, {}, { labels, annotations }).annotations;
    expect(kept).to.include({ ...last, [`${OPEN}.api`]: '1' });
    expect(kept).not.to.have.any.keys(`${GATE}Not_A_Gate`, `${OPEN}.other`);
    expect(Object.keys(kept)).to.have.length(64 + 2);
  });

  const states: [string, object | undefined, object][] = [
    ['no state', undefined, { is: 'waiting', reason: '', message: '' }],
    [
      'waiting',
      { waiting: { reason: 'ImagePullBackOff', message: 'm' } },
      { is: 'waiting', reason: 'ImagePullBackOff', message: 'm' },
    ],
    [
      'terminated',
      { terminated: { exitCode: 1, reason: 'Error', finishedAt: 't' } },
      { is: 'terminated', exitCode: 1, reason: 'Error', message: '', finishedAt: 't' },
    ],
  ];
  for (const [what, state, expected] of states) {
    it(`reads a container that is ${what}`, () => {
      const read = pod({
        initContainerStatuses: [{ name: 'dgate-api-first--api', ...(state && { state }) }],
      });
      expect(read.statuses[0]?.state).to.deep.equal(expected);
    });
  }

  it('reads a container that was lost with its node, whose times the kubelet does not know', () => {
    const terminated = { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt: null, finishedAt: null };
    const read = pod({
      initContainerStatuses: [
        { name: 'dgate-api-first--api', state: { terminated }, lastState: { terminated } },
      ],
    });
    const unknown = {
      is: 'terminated',
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
      message: '',
      finishedAt: '',
    };
    expect(read.statuses).to.deep.equal([
      { name: 'dgate-api-first--api', restarts: 0, state: unknown, last: unknown },
    ]);
  });

  it('reads how the run before ended', () => {
    const lastState = { terminated: { exitCode: 3, reason: 'Error', message: 'why', finishedAt: 't' } };
    const read = pod({ initContainerStatuses: [{ name: 'dgate-api-first--api', lastState }] });
    expect(read.statuses[0]?.last).to.deep.equal({
      is: 'terminated',
      exitCode: 3,
      reason: 'Error',
      message: 'why',
      finishedAt: 't',
    });
  });

  it('says why it is not scheduled, and nothing once it is', () => {
    const scheduled = (status: string) => [
      { type: 'PodScheduled', status, reason: 'Unschedulable', message: '0/1 nodes' },
    ];
    expect(pod({ conditions: scheduled('False') }).unscheduled).to.equal('Unschedulable: 0/1 nodes');
    expect(pod({ conditions: scheduled('True') }).unscheduled).to.equal(undefined);
  });

  describe('of a Kubernetes that is newer than the operator', () => {
    const container = { name: 'dgate-api-first--redis' };
    const whole = {
      metadata: { ...META, annotations: { 'gate.dependencygate.dev/api-first': 'abc' } },
      spec: { restartPolicy: 'Never', initContainers: [container] },
      status: { phase: 'Pending', initContainerStatuses: [{ ...container, state: { running: {} } }] },
    };
    const { spec, status } = whole;
    const strange: Readonly<Record<string, readonly [object, RegExp]>> = {
      'a phase': [{ ...whole, status: { ...status, phase: 'Suspended' } }, /^status\.phase: /],
      'a restart policy': [
        { ...whole, spec: { ...spec, restartPolicy: 'Sometimes' } },
        /^spec\.restartPolicy: /,
      ],
      'a state of a container': [
        { ...whole, status: { initContainerStatuses: [{ ...container, state: { terminated: {} } }] } },
        /^status\.initContainerStatuses\.0\.state\.terminated\.exitCode: /,
      ],
      'a status': [{ ...whole, status: [] }, /^status: /],
    };
    for (const [what, [raw, why]] of Object.entries(strange))
      it(`is a Pod all the same, that says what cannot be read: ${what}`, () => {
        const pod = projectPod(raw);
        expect(pod.unreadable).to.match(why);
        expect(pod.phase).to.equal('Unknown');
        expect(pod.containers).to.deep.equal(['dgate-api-first--redis']);
        expect(pod.annotations).to.deep.equal({ 'gate.dependencygate.dev/api-first': 'abc' });
      });

    it('is read as a whole where nothing is strange', () => {
      expect(projectPod(whole)).to.include({ unreadable: undefined, phase: 'Pending' });
      expect(() => projectPod({ metadata: { name: 1 }, spec })).to.throw();
    });
  });

  it('is Pending and always restarted where nothing else is said', () => {
    expect(pod()).to.include({ phase: 'Pending', restartPolicy: 'Always', deleting: false });
  });

  it('keeps the revision that its controller gave it', () => {
    expect(pod(undefined, {}, { labels: { 'controller-revision-hash': 'r1' } }).revision).to.equal('r1');
  });
});

describe('projectPod, of who opened it', () => {
  const API = 'open.dependencygate.dev/api-first.api';
  const REDIS = 'open.dependencygate.dev/api-first.redis';
  const owns = (manager: string, ...keys: string[]) => ({
    ...{ manager, operation: 'Update', time: 't' },
    fieldsV1: {
      'f:metadata': {
        'f:annotations': { '.': {}, ...Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
      },
    },
  });
  const annotations = { [API]: '1', [REDIS]: '1' };
  const spec = { initContainers: ['api', 'redis'].map((name) => ({ name: `dgate-api-first--${name}` })) };
  const others = (...managedFields: object[]) =>
    projectPod({ metadata: { ...META, annotations, managedFields }, spec }).writtenByOthers;

  it('are the openings that somebody else than the operator wrote last, and when', () => {
    const own = owns('dependency-gate-operator', API);
    expect(others(own)).to.deep.equal({});
    expect(others(own, owns('kubectl-annotate', REDIS))).to.deep.equal({ [REDIS]: 't' });
    expect(others(owns('kubectl-annotate', API), owns('k9s', REDIS))).to.deep.equal({
      [API]: 't',
      [REDIS]: 't',
    });
  });

  it('are found in the bytes that protobuf has of the fields, too', () => {
    const inBytes = ({ fieldsV1, ...entry }: ReturnType<typeof owns>) => ({
      ...entry,
      fieldsV1: new TextEncoder().encode(JSON.stringify(fieldsV1)),
    });
    const broken = { manager: 'm', fieldsV1: new TextEncoder().encode('{"f:metadata":') };
    const all = [broken, inBytes(owns('dependency-gate-operator', API)), inBytes(owns('k9s', REDIS))];
    expect(others(...all)).to.deep.equal({ [REDIS]: 't' });
  });

  it('are no annotations of another kind', () => {
    const keys = ['gate.dependencygate.dev/api-first', 'dependencygate.dev/target', 'example.com/open'];
    expect(others(owns('kube-controller-manager', ...keys))).to.deep.equal({});
  });

  it('are none where nothing is told, or told in another way', () => {
    const odd = [
      undefined,
      null,
      'text',
      {},
      { 'f:metadata': {} },
      { 'f:metadata': { 'f:annotations': 'text' } },
      { 'f:spec': { [`f:${API}`]: {} } },
    ];
    expect(others(...odd.map((fieldsV1) => ({ manager: 'm', fieldsV1 })))).to.deep.equal({});
    expect(projectPod({ metadata: META, spec: {} }).writtenByOthers).to.deep.equal({});
  });

  it('are those of a manager that does not give its name', () => {
    const { fieldsV1 } = owns('', API);
    expect(others({ fieldsV1 })).to.deep.equal({ [API]: '' });
  });
});

describe('projectWorkload, of who wrote it', () => {
  const field = (manager: string, time: string, subresource?: string) => ({
    ...{ manager, operation: 'Update', time: `2026-03-01T10:00:0${time}Z` },
    ...(subresource && { subresource }),
  });
  const written = (managedFields: object[], spec: object = {}) =>
    projectWorkload('Deployment', {
      metadata: { ...META, managedFields },
      spec: { template: { spec }, replicas: 2 },
    });

  it('tells who else wrote it last and when, and when the operator did, status and scale apart', () => {
    const all = [
      field('kubectl', '2'),
      field('dependency-gate-operator', '4'),
      field('helm', '3'),
      field('kube-controller-manager', '8', 'status'),
      field('hpa', '9', 'scale'),
    ];
    expect(written(all)).to.include({
      otherManager: 'helm',
      otherWroteAt: '2026-03-01T10:00:03Z',
      operatorWroteAt: '2026-03-01T10:00:04Z',
    });
  });

  it('tells nothing where there are no managed fields', () => {
    const nobody = { otherManager: undefined, otherWroteAt: '', operatorWroteAt: '' };
    expect(written([])).to.include(nobody);
  });

  it('knows one template from another, and by nothing else', () => {
    const { templateHash } = written([]);
    expect(written([field('helm', '3')]).templateHash).to.equal(templateHash);
    expect(written([], { nodeName: 'a' }).templateHash).to.not.equal(templateHash);
  });
});

describe('projectGate', () => {
  it('tells when it was last written, its status or else', () => {
    const times = ['2026-03-01T10:00:02Z', '2026-03-01T10:00:07Z', '2026-03-01T10:00:03Z'];
    const managedFields = times.map((time) => ({ manager: 'helm', time }));
    const writtenAt = (metadata: object) =>
      projectGate({ metadata: { ...META, ...metadata }, spec: SPEC }).writtenAt;
    expect(writtenAt({ managedFields })).to.equal(times[1]);
    expect(writtenAt({})).to.equal('');
  });

  const gate = (spec: object, more: object = {}) =>
    projectGate({
      apiVersion: 'dependencygate.dev/v1alpha1',
      kind: 'DependencyGate',
      metadata: META,
      spec,
      ...more,
    });
  const SPEC = { targets: [{ name: 'pinger' }], dependencies: [{ name: 'api', dns: { host: 'api' } }] };

  it('reads a valid spec', () => {
    expect(gate(SPEC).spec).to.deep.equal({ valid: true, value: SPEC });
    expect(gate(SPEC)).to.deep.include({ generation: 3, finalizers: [], status: {}, deleting: false });
  });

  it('reads a gate from a list, whose items come without apiVersion and kind', () => {
    expect(projectGate({ metadata: META, spec: SPEC }).spec.valid).to.equal(true);
  });

  it('keeps a gate whose spec is invalid, and says where and why', () => {
    const { spec } = gate({ ...SPEC, dependencies: [{ name: 'api' }] });
    expect(spec).to.have.property('valid', false);
    expect(spec)
      .to.have.property('message')
      .that.matches(/^spec\.dependencies\[0\]: /);
  });

  it('validates the spec of a generation once, and reads everything else of each version', () => {
    const known = gate(SPEC);
    const next = projectGate(
      { metadata: { ...META, resourceVersion: '2' }, spec: SPEC, status: { pods: { total: 1 } } },
      known,
    );
    expect(next.spec).to.equal(known.spec);
    expect(next.resourceVersion).to.equal('2');
    expect(next.status).to.deep.equal(gate(SPEC, { status: { pods: { total: 1 } } }).status);
  });

  for (const [what, metadata] of [
    ['another generation', { generation: META.generation + 1 }],
    ['another gate of its name', { uid: 'another' }],
  ] as const) {
    it(`reads the spec of ${what}`, () => {
      const dependencies = [{ name: 'db', dns: { host: 'db' } }];
      const raw = { metadata: { ...META, ...metadata }, spec: { ...SPEC, dependencies } };
      expect(projectGate(raw, gate(SPEC)).spec).to.deep.equal({ valid: true, value: raw.spec });
    });
  }

  it('takes a status that it does not know for none', () => {
    expect(gate(SPEC, { status: { pods: 'many' } }).status).to.deep.equal({});
  });
});

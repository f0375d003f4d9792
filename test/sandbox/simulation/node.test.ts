import { expect } from 'chai';
import { LACKS } from '../../../src/sandbox/server/lacks.ts';
import { deployment, keyed, service } from './builders.ts';
import { describeState, Stage } from './stage.ts';

describe('startNode', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
  });
  afterEach(() => stage.simulation.stop());
  const create = (spec: Parameters<typeof deployment>[1]) => stage.cluster.create(deployment('web', spec));
  const init = () => stage.initStatus();

  it('binds a Pod, gives it an address of its own, and starts its app', async () => {
    await create({ replicas: 2 });
    await stage.untilReady(2);
    const [one, two] = stage.pods;
    expect(one?.spec.nodeName).to.equal('sandbox');
    expect(one?.status.podIP).to.match(/^10\.244\.\d+\.\d+$/);
    expect(one?.status.podIP).not.to.equal(two?.status.podIP);
    expect(one?.status.phase).to.equal('Running');
    expect(describeState(stage.appStatus())).to.equal('running');
    const container = {
      namespace: 'default',
      pod: one?.metadata.name ?? '',
      container: 'app',
      previous: false,
    };
    const said = stage.simulation.logs.read(container)?.lines.map(({ text }) => text);
    expect(said).to.deep.equal([LACKS.logs.words]);
  });

  it('leaves a Pod that is tied to another node, as a DaemonSet has them', async () => {
    const tiedTo = (...nodes: string[]) => ({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: nodes.map((node) => ({
            matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }],
          })),
        },
      },
    });
    for (const [name, nodes] of Object.entries({
      here: ['sandbox'],
      either: ['later', 'sandbox'],
      there: ['later'],
    }))
      await stage.cluster.create(deployment(name, { pod: { affinity: tiedTo(...nodes) } }));
    await stage.untilReady(2);
    await stage.clock.advance(10_000);
    const bound = stage.pods.map(({ metadata, spec }) => `${metadata.labels.app} ${spec.nodeName}`);
    expect(bound).to.have.members(['here sandbox', 'either sandbox', 'there undefined']);
  });

  describe('with a gate container', () => {
    const gate = {
      args: [
        'wait',
        'dns',
        'api',
        '--name=api',
        '--open-key=open.dependencygate.dev/g.api',
        '--annotations-file=/f',
      ],
    };

    it('waits until the name resolves, and says so in the log and the termination message', async () => {
      await create({ init: [gate] });
      await stage.until('waiting', () => describeState(init()) === 'running');
      expect(init()).to.include({ ready: false, started: true, restartCount: 0 });
      expect(stage.appStatus()?.state).to.deep.equal({ waiting: { reason: 'PodInitializing' } });
      await stage.clock.advance(10_000);
      expect(stage.log()).to.deep.equal(['waiting for api: NXDOMAIN']);
      await stage.cluster.create(service('api'));
      await stage.untilReady(1);
      expect(stage.log()).to.deep.equal(['waiting for api: NXDOMAIN', '10.96.0.20', 'continuing ...']);
      expect(init()).to.include({ ready: true, started: false });
      const { exitCode, reason, message } = init()?.state.terminated ?? {};
      expect({ exitCode, reason }).to.deep.equal({ exitCode: 0, reason: 'Completed' });
      expect(JSON.parse(String(message))).to.include({
        check: 'dns api',
        outcome: 'satisfied',
        lastError: 'NXDOMAIN',
      });
    });

    const annotate = (annotations: Readonly<Record<string, string>>) =>
      stage.cluster.patch(
        { kind: 'Pod', name: stage.pods[0]?.metadata.name ?? '' },
        { metadata: { annotations } },
      );

    it('waits for several dependencies side by side in one container', async () => {
      const [, ...api] = gate.args;
      const job = [
        'opened',
        '--name=job',
        '--open-key=open.dependencygate.dev/g.job',
        '--annotations-file=/f',
      ];
      await create({ init: [{ args: ['wait', 'all', '--', ...api, '--', ...job] }] });
      await stage.until('both told', () => stage.log().length === 3);
      await stage.cluster.create(service('api'));
      await stage.until('api is there', () => stage.log().includes('api: 10.96.0.20'));
      expect(describeState(init())).to.equal('running');
      await annotate({ 'open.dependencygate.dev/g.job': '1' });
      await stage.untilReady(1);
      expect(stage.log().slice(-2)).to.deep.equal([
        'job was opened by an annotation of the Pod',
        'continuing ...',
      ]);
      expect(JSON.parse(String(init()?.state.terminated?.message))).to.containSubset({
        outcome: 'satisfied',
        dependencies: [
          { name: 'api', outcome: 'satisfied' },
          { name: 'job', outcome: 'opened' },
        ],
      });
    });

    it('opens by an annotation of the Pod', async () => {
      await create({ init: [gate] });
      await stage.until('waiting', () => describeState(init()) === 'running');
      await annotate({ 'open.dependencygate.dev/g.api': '1' });
      await stage.untilReady(1);
      expect(stage.log().at(-2)).to.equal('api was opened by an annotation of the Pod');
    });

    it('exits with 2 and a line when its arguments are wrong', async () => {
      await create({ init: [{ args: ['wait', 'smoke', 'signals'] }] });
      await stage.until('failed', () => describeState(init()) === 'terminated Error');
      expect(init()?.state.terminated?.exitCode).to.equal(2);
      expect(stage.log()).to.have.length(1);
      expect(stage.log()[0]).to.include("unknown check 'smoke'");
    });

    it('passes one container after another', async () => {
      await create({
        init: [
          { ...gate, name: 'first' },
          { name: 'second', command: ['true'] },
        ],
      });
      await stage.until('waiting', () => describeState(stage.initStatus('first')) === 'running');
      expect(describeState(stage.initStatus('second'))).to.equal('waiting PodInitializing');
      await stage.cluster.create(service('api'));
      await stage.untilReady(1);
      expect(describeState(stage.initStatus('second'))).to.equal('terminated Completed');
    });
  });

  it("plays a user's script, with the variables of its container", async () => {
    const env = [{ name: 'MY_POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }];
    const script =
      'until test -n "$(dig +short A $(NAME).$MY_POD_NAMESPACE.svc.cluster.local)"; do echo waiting for api; sleep 2; done; echo continuing ...';
    const command = ['sh', '-c', script];
    await create({ init: [{ command, env: [...env, { name: 'NAME', value: 'api' }] }] });
    await stage.until('waiting', () => stage.log().length >= 2);
    await stage.cluster.create(service('api'));
    await stage.untilReady(1);
    expect(stage.log()[0]).to.equal('waiting for api');
    expect(stage.log().at(-1)).to.equal('continuing ...');
  });

  it('takes other programs to succeed, and says that it does not run them', async () => {
    await create({ init: [{ command: ['/bin/migrate', '--all'] }] });
    await stage.untilReady(1);
    expect(stage.log()).to.deep.equal(['the sandbox does not run this program; it counts as successful']);
  });

  describe('with an init container that fails', () => {
    it('restarts it at once, then with a back-off that doubles', async () => {
      await create({ init: [{ command: ['sh', '-c', 'echo trying; exit 3'] }] });
      await stage.until('failed', () => describeState(init()) === 'terminated Error');
      expect(init()?.state.terminated).to.include({ exitCode: 3 });
      await stage.until('restarted', () => init()?.restartCount === 1, 2000);
      const messages = new Set<unknown>();
      await stage.until(
        'five restarts',
        () => {
          if (describeState(init()) === 'waiting CrashLoopBackOff')
            messages.add(init()?.state.waiting?.message);
          return init()?.restartCount === 7;
        },
        700_000,
      );
      const delays = [...messages].map(
        (message) => /^back-off (\S+) restarting failed/.exec(String(message))?.[1],
      );
      expect(delays).to.deep.equal(['10s', '20s', '40s', '1m20s', '2m40s', '5m0s']);
      expect(init()?.lastState.terminated).to.include({ exitCode: 3, reason: 'Error' });
      expect(stage.log('init', true)).to.deep.equal(['trying']);
    });

    it('fails the Pod for good where nothing is restarted', async () => {
      await create({ init: [{ command: ['false'] }], pod: { restartPolicy: 'Never' } });
      await stage.until('failed', () => stage.pods.some(({ status }) => status.phase === 'Failed'));
      const failed = stage.pods.find(({ status }) => status.phase === 'Failed');
      expect(failed?.status.initContainerStatuses).to.have.nested.property(
        '[0].state.terminated.exitCode',
        1,
      );
      expect(failed?.status.initContainerStatuses).to.have.nested.property('[0].restartCount', 0);
    });
  });

  it('starts a native sidecar and goes on', async () => {
    const sidecar = { name: 'proxy', image: 'example/proxy', restartPolicy: 'Always' };
    await create({ init: [sidecar, { command: ['true'] }] });
    await stage.untilReady(1);
    expect(describeState(stage.initStatus('proxy'))).to.equal('running');
    expect(stage.initStatus('proxy')).to.include({ ready: true, started: true });
  });

  it('does not start what has no image', async () => {
    await create({ init: [{ image: 'example/does-not-exist:1', command: ['true'] }] });
    await stage.until('refused', () => describeState(init()) === 'waiting ErrImagePull');
    await stage.until('backing off', () => describeState(init()) === 'waiting ImagePullBackOff');
    expect(init()?.state.waiting?.message).to.include('example/does-not-exist:1');
    await stage.until('tried again', () => describeState(init()) === 'waiting ErrImagePull');
  });

  it('starts nothing whose Secret is missing, until it is there', async () => {
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'access', key: 'token' } } }];
    await create({ init: [{ command: ['echo', 'token is $(TOKEN)'], env }] });
    await stage.until('refused', () => describeState(init()) === 'waiting CreateContainerConfigError');
    expect(init()?.state.waiting?.message).to.equal('secret "access" not found');
    await stage.cluster.create(keyed('Secret', 'access', { other: 'x' }));
    await stage.until('the key is missed', () =>
      String(init()?.state.waiting?.message).includes("couldn't find key"),
    );
    await stage.cluster.patch({ kind: 'Secret', name: 'access' }, { data: { token: btoa('geheim') } });
    await stage.untilReady(1);
    expect(stage.log()).to.deep.equal(['token is geheim']);
  });

  it('ends a deleted Pod within a moment, with its loop and its log', async () => {
    await create({
      replicas: 1,
      init: [{ command: ['sh', '-c', 'while true; do echo on and on; sleep 1; done'] }],
    });
    await stage.until('running', () => stage.log().length > 0);
    const [{ metadata: { name = '' } = {} } = {}] = stage.pods;
    await stage.patch('web', { replicas: 0 });
    await stage.until('gone', () => stage.pods.length === 0, 2000);
    expect(
      stage.simulation.logs.read({ namespace: 'default', pod: name, container: 'init', previous: false }),
    ).to.equal(undefined);
    await stage.clock.advance(2000);
    expect(stage.clock.sleepers).to.equal(0);
  });
});

import { expect } from 'chai';
import {
  gateAnnotation,
  REMOVED,
  REQUIRE_LABEL,
  START_ANNOTATION,
  START_RELEASED,
  START_SUSPENDED,
  START_WAITING,
  targetAnnotationValue,
  volumeName,
} from '../../src/api/names.ts';
import { drift } from '../../src/core/render/drift.ts';
import { changePatch, inject } from '../../src/core/render/inject.ts';
import { nested, type PodTemplate, viewTemplate } from '../../src/core/render/template.ts';
import { dns, gate, tcp } from '../core/builders.ts';
import { app, MERGE_PATCH } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { API_FIRST } from './admission-templates.ts';
import { completed, type Kind, manifestOf, pathOf, TARGET, templateIn } from './admission-workloads.ts';
import { OperatorToken, policyRefusal } from './operator-token.ts';

const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';
/** Those whose templates the operator writes. */
const PATCHED = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'] as const;

const own = (name: string) => ({ name, image: `registry.example/${name}:1` });

/** Whoever holds the operator's token, whatever RBAC gives it. */
describe('the token of the operator, on workloads', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
  const token = new OperatorToken(cluster);
  let namespace = '';
  beforeEach(async () => {
    namespace = await cluster().namespace();
  });

  const before: PodTemplate = {
    metadata: { annotations: { note: 'own' }, labels: { [REQUIRE_LABEL]: 'b', team: 'a' } },
    spec: {
      ...app().spec,
      initContainers: [own('first'), own('second')],
      imagePullSecrets: [{ name: 'own' }],
      volumes: [{ name: 'data' }, { name: 'node', ...{ hostPath: { path: '/' } } }],
    },
  };
  // A Job that requires a gate would be suspended.
  const templateOf = (kind: Kind) => (kind === 'Job' ? { spec: before.spec } : before);
  const make = (kind: Kind) =>
    cluster().send('POST', pathOf(kind, namespace), manifestOf(kind, templateOf(kind)));
  const write = async (kind: Kind, patch: Parameters<typeof nested>[1]) =>
    templateIn(
      kind,
      await token.patch(pathOf(kind, namespace, TARGET), nested(kind, patch), STRATEGIC_MERGE_PATCH),
    );

  for (const kind of PATCHED) {
    it(`puts gates into a ${kind} and takes them out, as the operator itself does`, async () => {
      const target = targetAnnotationValue(kind, TARGET);
      const [one, other] = [API_FIRST, gate('b').dependsOn(tcp('db', 1)).rendered()].map((of) => ({
        gate: of.gate.name,
        render: of.render,
        target,
      }));
      if (!one || !other) return expect.fail();
      const made = templateIn(kind, await make(kind));
      const put = await write(kind, changePatch(viewTemplate(made), { inject: [one, other], remove: [] }));
      expect(put.spec.initContainers?.map(({ name }) => name)).to.deep.equal(
        inject(inject(completed(kind, before), one), other).spec.initContainers?.map(({ name }) => name),
      );
      await write(kind, changePatch(viewTemplate(put), { inject: [one], remove: ['b'] }));
      const left = await write(
        kind,
        changePatch(viewTemplate(put), { inject: [], remove: ['api-first', 'b'] }),
      );
      expect(left.spec.initContainers).to.have.length(2);
    });
  }

  it('puts in a container that reads whole objects and mounts a volume of the target', async () => {
    const reading = gate('own-check')
      .dependsOn({
        name: 'schema',
        container: {
          image: 'tools',
          env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'a', key: 'k', optional: true } } }],
          envFrom: [{ secretRef: { name: 'all', optional: true } }],
          volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'sub' }],
        },
      })
      .rendered();
    const made = templateIn('Deployment', await make('Deployment'));
    const injection = { gate: 'own-check', render: reading.render, target: `Deployment/${TARGET}` };
    const put = await write(
      'Deployment',
      changePatch(viewTemplate(made), { inject: [injection], remove: [] }),
    );
    expect(put.spec.initContainers?.[0]).to.deep.include(reading.render.initContainers[0]);
    expect(drift(viewTemplate(put), injection)).to.deep.equal([]);
  });

  it("puts in a container with the app's image, settings and volumes, but not its privileges and folders of the node", async () => {
    const inheriting = gate('schema')
      .dependsOn({ name: 'head', container: { from: 'app', command: ['check'] } })
      .rendered();
    const privileged = {
      ...before,
      spec: {
        ...before.spec,
        containers: [
          {
            ...{ name: 'app', image: 'registry.example/app:1', env: [{ name: 'A', value: '1' }] },
            volumeMounts: ['data', 'node'].map((name) => ({ name, mountPath: `/${name}` })),
            securityContext: { privileged: true, runAsUser: 7, capabilities: { add: ['NET_ADMIN'] } },
          },
        ],
      },
    };
    const path = pathOf('Deployment', namespace);
    const made = templateIn(
      'Deployment',
      await cluster().send('POST', path, manifestOf('Deployment', privileged)),
    );
    const injection = { gate: 'schema', render: inheriting.render, target: `Deployment/${TARGET}` };
    const put = await write(
      'Deployment',
      changePatch(viewTemplate(made), { inject: [injection], remove: [] }),
    );
    expect(put.spec.initContainers?.[0]).to.deep.include({
      image: 'registry.example/app:1',
      securityContext: { runAsUser: 7, capabilities: {} },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    });
    expect(drift(viewTemplate(put), injection)).to.deep.equal([]);
  });

  it("adds the pull secrets of gates and takes them out, and leaves the target's own", async () => {
    const needing = gate('mirrored')
      .dependsOn(dns('api'))
      .specifying({ waiter: { imagePullSecrets: [{ name: 'mirror' }, { name: 'own' }] } });
    const injection = { gate: 'mirrored', render: needing.render, target: `Deployment/${TARGET}` };
    const made = templateIn('Deployment', await make('Deployment'));
    const put = await write(
      'Deployment',
      changePatch(viewTemplate(made), { inject: [injection], remove: [] }),
    );
    expect(put.spec.imagePullSecrets).to.deep.equal([{ name: 'own' }, { name: 'mirror' }]);
    expect(put.spec).to.deep.equal({
      ...put.spec,
      ...inject(made, injection).spec,
      initContainers: put.spec.initContainers,
      volumes: put.spec.volumes,
    });
    const left = await write(
      'Deployment',
      changePatch(viewTemplate(put), { inject: [], remove: ['mirrored'] }),
    );
    expect(left.spec.imagePullSecrets).to.deep.equal([{ name: 'own' }]);
  });

  it('puts as many as there can be on a workload, within the cost limit', async () => {
    const names = Array.from({ length: 16 }, (_, index) => dns(`d${index}`));
    const gates = ['a', 'b', 'c', 'd'].map((name) => gate(name).dependsOn(...names));
    const target = targetAnnotationValue('Deployment', TARGET);
    const all = gates.map(({ gate: { name }, render }) => ({ gate: name, render, target }));
    const made = templateIn('Deployment', await make('Deployment'));
    const put = await write('Deployment', changePatch(viewTemplate(made), { inject: all, remove: [] }));
    expect(put.spec.initContainers).to.have.length(66);
    const again = all.map(({ render, ...of }) => ({
      ...of,
      render: { ...render, initContainers: render.initContainers.map((one) => ({ ...one, image: 'new' })) },
    }));
    await write('Deployment', changePatch(viewTemplate(put), { inject: again, remove: [] }));
  });

  const ours = (more: object) => ({ name: 'dgate-a--x', image: 'waiter', ...more });
  const inSpec = (spec: object) => ({ spec: { template: { spec } } });
  const inMetadata = (metadata: object) => ({ spec: { template: { metadata } } });
  for (const [what, patch] of [
    ['replicas', { spec: { replicas: 3 } }],
    ['a pause', { spec: { paused: true } }],
    ['a label', { metadata: { labels: { team: 'b' } } }],
    ['an annotation', { metadata: { annotations: { 'example.com/a': 'b' } } }],
    ['a finalizer', { metadata: { finalizers: ['example.com/never'] } }],
    ["its app's image", inSpec({ containers: [{ name: 'app', image: 'other' }] })],
    ['another container', inSpec({ containers: [own('other')] })],
    ['its ServiceAccount', inSpec({ serviceAccountName: 'other' })],
    ["the node's network", inSpec({ hostNetwork: true })],
    ['an init container that is not ours', inSpec({ initContainers: [own('third')] })],
    ["one of its own init containers' image", inSpec({ initContainers: [{ name: 'first', image: 'b' }] })],
    ['the loss of one', inSpec({ initContainers: [{ name: 'first', $patch: 'delete' }] })],
    [
      'the order of its own',
      inSpec({ '$setElementOrder/initContainers': [{ name: 'second' }, { name: 'first' }] }),
    ],
    ['a name that only looks like ours', inSpec({ initContainers: [own('dgate-x')] })],
    ['pull secrets that no gate has put in', inSpec({ imagePullSecrets: [{ name: 'more' }] })],
    ['the loss of a pull secret', inSpec({ imagePullSecrets: [{ name: 'own', $patch: 'delete' }] })],
    [
      'the loss of a pull secret that it calls its own',
      {
        spec: {
          template: {
            metadata: { annotations: { 'pull-secrets.dependencygate.dev/a': 'own' } },
            spec: { imagePullSecrets: [{ name: 'own', $patch: 'delete' }] },
          },
        },
      },
    ],
    ['a volume that is not ours', inSpec({ volumes: [{ name: 'other', emptyDir: {} }] })],
    [
      'another source of its own volume',
      inSpec({ volumes: [{ name: 'data', hostPath: { path: '/' }, emptyDir: null }] }),
    ],
    [
      "a volume of ours of the node's files",
      inSpec({ volumes: [{ name: volumeName('a'), hostPath: { path: '/' } }] }),
    ],
    [
      'a volume of ours with a token',
      inSpec({
        volumes: [{ name: 'dgate-a', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }],
      }),
    ],
    [
      'a privileged one of ours',
      inSpec({ initContainers: [ours({ securityContext: { privileged: true } })] }),
    ],
    [
      'capabilities of ours',
      inSpec({ initContainers: [ours({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })] }),
    ],
    [
      'a folder of the node in ours',
      inSpec({ initContainers: [ours({ volumeMounts: [{ name: 'node', mountPath: '/d' }] })] }),
    ],
    ['one of ours that goes on', inSpec({ initContainers: [ours({ restartPolicy: 'Always' })] })],
    [
      'one of ours with a port',
      inSpec({ initContainers: [ours({ ports: [{ containerPort: 1, hostPort: 1 }] })] }),
    ],
    ['another label of the template', inMetadata({ labels: { team: 'b' } })],
    ['the label require', inMetadata({ labels: { [REQUIRE_LABEL]: 'other' } })],
    ['the loss of that label', inMetadata({ labels: { [REQUIRE_LABEL]: null } })],
    ['another annotation of the template', inMetadata({ annotations: { note: 'b' } })],
    [
      'an annotation that only looks like ours',
      inMetadata({ annotations: { 'notdependencygate.dev/a': 'b' } }),
    ],
  ] as const) {
    it(`does not change ${what}`, async () => {
      await make('Deployment');
      const path = pathOf('Deployment', namespace, TARGET);
      expect(await policyRefusal(token.patch(path, patch, STRATEGIC_MERGE_PATCH))).to.contain(
        'the operator changes',
      );
    });
  }

  it("changes nothing of a CronJob's or a Job's own either", async () => {
    for (const kind of ['CronJob', 'Job'] as const) {
      await make(kind);
      await policyRefusal(token.patch(pathOf(kind, namespace, TARGET), { spec: { suspend: false } }));
    }
    const label = { spec: { jobTemplate: { metadata: { labels: { a: 'b' } } } } };
    await policyRefusal(token.patch(pathOf('CronJob', namespace, TARGET), label));
    const limit = { spec: { jobTemplate: { spec: { backoffLimit: 1 } } } };
    await policyRefusal(token.patch(pathOf('CronJob', namespace, TARGET), limit));
  });

  describe('on a Job that admission has suspended', () => {
    const released = {
      metadata: { annotations: { [START_ANNOTATION]: START_RELEASED } },
      spec: { suspend: false },
    };
    const path = () => pathOf('Job', namespace, TARGET);
    const noting = (annotations: object) => ({ metadata: { annotations } });
    const job = (annotations: object, suspend = true) => ({
      metadata: { name: TARGET, annotations },
      spec: {
        suspend,
        template: { ...noting({ own: 'note' }), spec: { ...before.spec, restartPolicy: 'Never' } },
      },
    });
    const SUSPENDED = { [START_ANNOTATION]: START_SUSPENDED, note: 'own' };
    const store = (...of: Parameters<typeof job>) =>
      cluster().send('POST', pathOf('Job', namespace), job(...of));

    it('lets it go, and does so once', async () => {
      await store(SUSPENDED);
      await token.patch(path(), released);
      expect(await policyRefusal(token.patch(path(), { spec: { suspend: true } }))).to.contain(
        'nothing of a Job',
      );
      await cluster().send('PATCH', path(), { spec: { suspend: true } }, { type: MERGE_PATCH });
      await policyRefusal(token.patch(path(), released));
    });

    it('only marks one that its queue resumes, and notes a gate that is gone', async () => {
      await store({ [START_ANNOTATION]: START_WAITING });
      await policyRefusal(token.patch(path(), released));
      await token.patch(path(), { spec: { template: noting({ [gateAnnotation('gone')]: REMOVED }) } });
      await token.patch(path(), { metadata: released.metadata });
      expect(JSON.stringify(await cluster().send('GET', path()))).to.contain('"suspend":true');
    });

    it('notes a gate that is gone in one that is let go and suspended still, and changes nothing besides', async () => {
      await store({ [START_ANNOTATION]: START_RELEASED });
      const note = { template: noting({ [gateAnnotation('gone')]: REMOVED }) };
      await policyRefusal(token.patch(path(), { spec: { ...note, suspend: false } }));
      await policyRefusal(
        token.patch(path(), { ...noting({ [START_ANNOTATION]: START_SUSPENDED }), spec: note }),
      );
      await token.patch(path(), { spec: note });
    });

    for (const [what, patch] of [
      ['leaves the mark', { spec: { suspend: false } }],
      [
        'takes the mark away',
        { metadata: { annotations: { [START_ANNOTATION]: null } }, spec: { suspend: false } },
      ],
      [
        'changes another annotation',
        { ...released, metadata: { annotations: { ...released.metadata.annotations, note: 'b' } } },
      ],
      ['changes a label', { ...released, metadata: { ...released.metadata, labels: { a: 'b' } } }],
      ['changes its parallelism', { ...released, spec: { suspend: false, parallelism: 5 } }],
      ...[{ [gateAnnotation('first')]: 'a hash' }, { own: null }, { own: REMOVED }, { other: REMOVED }].map(
        (annotations) => {
          const what = `writes ${JSON.stringify(annotations)} into its template`;
          return [what, { ...released, spec: { suspend: false, template: noting(annotations) } }] as const;
        },
      ),
      [
        'labels its template',
        { ...released, spec: { suspend: false, template: { metadata: { labels: { a: 'b' } } } } },
      ],
      ['changes its deadline', { ...released, spec: { suspend: false, activeDeadlineSeconds: 1 } }],
      [
        'adds a finalizer',
        { ...released, metadata: { ...released.metadata, finalizers: ['example.com/never'] } },
      ],
    ] as const) {
      it(`does not let it go in a write that ${what}`, async () => {
        await store(SUSPENDED);
        expect(await policyRefusal(token.patch(path(), patch))).to.contain('nothing of a Job');
      });
    }

    it('does not let one go that somebody else has suspended, or mark one itself', async () => {
      await store({});
      await policyRefusal(token.patch(path(), released));
      await policyRefusal(
        token.patch(path(), { metadata: { annotations: { [START_ANNOTATION]: START_SUSPENDED } } }),
      );
    });
  });

  it('creates none and deletes none', async () => {
    for (const kind of [...PATCHED, 'Job'] as const) {
      const path = pathOf(kind, namespace);
      await policyRefusal(token.create(path, manifestOf(kind, templateOf(kind))));
      await make(kind);
      await policyRefusal(token.remove(pathOf(kind, namespace, TARGET)));
    }
    const pod = { metadata: { name: 'bare' }, spec: app().spec };
    await policyRefusal(token.create(`/api/v1/namespaces/${namespace}/pods`, pod));
  });
});

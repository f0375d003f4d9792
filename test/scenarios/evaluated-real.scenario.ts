import { expect } from 'chai';
import { AGGREGATE_LABEL, openAnnotation } from '../../src/api/names.ts';
import type { Dependency } from '../../src/api/spec.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { APP_IMAGE, customResource, deployment, dns, gate, service } from './manifests.ts';
import { COMPLETED } from './releases.ts';
import { isReady, restarts } from './views.ts';

const MIGRATED: Dependency = {
  name: 'migrate',
  resource: { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' },
};

function job(spec: object, pod: object = {}): KubeObject {
  const template = {
    spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: APP_IMAGE }], ...pod },
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'migrate' },
    spec: { backoffLimit: 0, template, ...spec },
  };
}

/** What the sandbox does not play: Jobs, other kinds of Kubernetes, custom resources, and permissions. */
export const evaluatedReal: Scenario = (on) => {
  describe('a Job that a gate waits for', () => {
    const here = useNamespace(on);
    const scale = (replicas: number) => here().patch('Deployment', 'pinger', { spec: { replicas } });
    const wait = async (...more: Dependency[]) => {
      await here().create(
        deployment('pinger', { replicas: 0 }),
        gate('first', ['pinger'], [MIGRATED, ...more]),
      );
      await here().untilGate('first', { ready: 'True/InForce', targets: 'pinger Current' });
      await scale(1);
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1' });
    };
    /** The simulated node's apps run for ever, so this Job is another controller's, and is said to have ended well. */
    const complete = async (spec: object) => {
      await here().create(job({ ...spec, managedBy: 'stories.example.com/none' }));
      const now = `${new Date().toISOString().slice(0, 19)}Z`;
      const condition = { status: 'True', lastTransitionTime: now, lastProbeTime: now };
      const conditions = COMPLETED.map((type) => ({ ...condition, type }));
      const status = { startTime: now, completionTime: now, succeeded: 1, conditions };
      await here().patch('Job', 'migrate', { status }, { type: 'merge', subresource: 'status' });
    };

    it('opens it once it is complete, and later Pods after it was deleted', async () => {
      await wait();
      await here().untilGate('first', { seen: 'migrate: Job migrate does not exist' });
      await complete({ ttlSecondsAfterFinished: 1 });
      await here().untilGate('first', { open: 'True/AllPassed', satisfied: 'migrate' });
      await here().untilGone('Job', 'migrate');
      await here().untilGate('first', { seen: 'migrate: Job migrate completed, and is gone since' });
      await on().operator.stop();
      await scale(2);
      await on().operator.start();
      await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2', satisfied: 'migrate' });

      // Another of the name counts again.
      await here().create(job({ suspend: true }));
      await here().untilGate('first', { satisfied: '', seen: /^migrate: Job migrate is suspended/ });
      await here().delete('Job', 'migrate');
      await here().untilGate('first', { satisfied: '', seen: 'migrate: Job migrate does not exist' });
    });

    it('opens the Pods of an edited gate by a Job that was deleted before, until its own dependency changes', async () => {
      await wait();
      await complete({ ttlSecondsAfterFinished: 1 });
      await here().untilGate('first', { seen: 'migrate: Job migrate completed, and is gone since' });
      const edit = (...dependencies: Dependency[]) =>
        here().patch('DependencyGate', 'first', { spec: { dependencies } });
      await on().operator.stop();
      await edit(dns('redis'), MIGRATED);
      await on().operator.start();
      await here().create(service('redis'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', satisfied: 'migrate' });
      const job = { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' };
      await edit({ name: 'migrate', resource: { ...job, condition: { type: 'Complete' } } });
      await here().untilGate('first', { satisfied: '', seen: /^migrate: Job migrate does not exist/ });
    });

    it('fails it when it failed, with its own words, and heals it with another Job that completes', async () => {
      await wait();
      const failing = {
        name: 'schema',
        image: 'registry.example/bind-tools:1',
        command: ['sh', '-c', 'exit 3'],
      };
      await here().create(job({}, { initContainers: [failing] }));
      await here().untilGate('first', {
        open: 'False/DependencyFailed',
        openMessage:
          /1 of 1 Pod waiting, failed: migrate \(Job migrate failed: BackoffLimitExceeded: Job has/,
        dependencies: 'migrate Failed',
      });
      await here().delete('Job', 'migrate');
      await here().untilGone('Job', 'migrate');
      const isGone = /BackoffLimitExceeded.*, and is gone since$/;
      await here().untilGate('first', { open: 'False/DependencyFailed', seen: isGone });
      await on().operator.stop();
      await on().operator.start();
      await here().create(job({ suspend: true }));
      await here().untilGate('first', { open: 'False/Waiting', seen: /^migrate: Job migrate is suspended/ });
      await here().delete('Job', 'migrate');
      await here().untilGone('Job', 'migrate');
      await complete({});
      await here().untilGate('first', { open: 'True/AllPassed', satisfied: 'migrate' });
      const [pod] = await here().untilPods('pinger', 1, 'are ready', isReady);
      expect(pod && restarts(pod)).to.equal(0);
    });
  });

  describe('an object of any kind that a gate waits for', () => {
    const here = useNamespace(on);
    const kind = () => `Widget${here().name.slice('story-'.length)}`;
    const plural = () => `${kind().toLowerCase()}s`;
    const apiVersion = 'stories.example.com/v1';
    const asking = (more: object = {}): Dependency => ({
      name: 'widget',
      resource: { apiVersion, kind: kind(), name: 'w', ...more },
    });

    it('is found when its kind appears and may be read, and is evaluated by its condition', async () => {
      await here().create(gate('first', ['pinger'], [asking()]), deployment('pinger'));
      await here().untilGate('first', { seen: `widget: the API server knows no ${kind()} of ${apiVersion}` });
      await here().create(customResource(kind()));
      const { status } = await here().untilGate('first', {
        seen: /^widget: the operator may not read widget/,
      });
      const rule = status.dependencies?.[0]?.answer?.match(/with the rule (\{.*\})$/)?.[1] ?? '';
      expect(JSON.parse(rule)).to.deep.equal({
        apiGroups: ['stories.example.com'],
        resources: [plural()],
        verbs: ['list', 'watch'],
      });
      // What explain proposes names the kind in the singular: kubectl finds what it is called in a rule.
      const proposed = await here().kubectl([
        ...['create', 'clusterrole', 'proposed', '--verb=list,watch', '--dry-run=client', '-o=json'],
        `--resource=${kind().toLowerCase()}.stories.example.com`,
      ]);
      expect(JSON.parse(proposed).rules).to.deep.equal([JSON.parse(rule)]);
      await here().create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: `read-${plural()}`, labels: { [AGGREGATE_LABEL]: 'true' } },
        rules: [JSON.parse(rule)],
      });
      await here().untilGate('first', { seen: `widget: ${kind()} w does not exist` });
      const widget = JSON.stringify({ apiVersion, kind: kind(), metadata: { name: 'w' }, spec: { size: 3 } });
      await here().kubectl(['create', '-f', '-'], widget);
      await here().untilGate('first', { seen: /no conditions yet/ });
      const conditions = [{ type: 'Ready', status: 'False', reason: 'Warming', message: 'soon' }];
      const set = (patch: object) =>
        here().kubectl([
          'patch',
          plural(),
          'w',
          '--subresource=status',
          '--type=merge',
          '-p',
          JSON.stringify(patch),
        ]);
      await set({ status: { conditions } });
      await here().untilGate('first', { seen: /Warming.*soon/, open: 'False/Waiting' });
      await set({ status: { conditions: [{ ...conditions[0], status: 'True' }] } });
      await here().untilGate('first', { open: 'True/AllPassed', satisfied: 'widget' });

      const expression = 'object.spec.size / 2 == 1 && object.metadata.name.matches("^w$")';
      await here().patch('DependencyGate', 'first', { spec: { dependencies: [asking({ expression })] } });
      await here().untilGate('first', { seen: /the expression is true$/, satisfied: 'widget' });
      await here().delete('CustomResourceDefinition', `${plural()}.stories.example.com`);
      await here().untilGate('first', { seen: /the API server knows no/, satisfied: '' });
    });

    it('is never looked at by an expression outside of the namespace, nor as a Secret', async () => {
      const outside: Dependency = {
        name: 'outside',
        resource: { apiVersion: 'v1', kind: 'Namespace', name: 'default', expression: 'true == true' },
      };
      await here().create(gate('first', ['pinger'], [outside]));
      await here().untilGate('first', {
        stalled: 'True/InvalidExpression',
        stalledMessage: /Namespace has no namespace: an expression may not look at it/,
      });
      const secret = { apiVersion: 'v1', kind: 'Secret', name: 'token' };
      const refusal = await here().refusal(
        gate('second', ['pinger'], [{ name: 'secret', resource: secret }]),
      );
      expect(refusal?.message).to.contain('a Secret cannot be a dependency');
    });
  });

  describe('a Pod that is opened by hand', () => {
    const here = useNamespace(on);

    it('is told from those that the operator opens', async () => {
      await here().create(gate('first', ['pinger'], [MIGRATED]));
      await here().untilGate('first', { ready: 'True/InForce' });
      await here().create(deployment('pinger', { replicas: 0 }));
      await here().untilGate('first', { targets: 'pinger Current' });
      await here().patch('Deployment', 'pinger', { spec: { replicas: 2 } });
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/2' });
      const [first] = await here().pods('pinger');
      const annotation = `${openAnnotation('first', 'migrate')}=1`;
      await here().kubectl(['annotate', 'pod', first?.metadata.name ?? '', annotation]);
      const { status } = await here().untilGate('first', { open: 'False/Waiting', pods: '1/2' });
      expect(status.dependencies?.[0]).to.include({ opened: 1, openedByHand: 1 });
      await here().patch('DependencyGate', 'first', { spec: { open: ['migrate'] } });
      const { status: after } = await here().untilGate('first', { open: 'True/AllPassed', pods: '2/2' });
      expect(after.dependencies?.[0]).to.include({ opened: 2, openedByHand: 1 });
      await here().until('Events tell both ways', async () => {
        const events = JSON.stringify(await here().list('Event'));
        const isTold = events.includes('opened by an annotation of 1 Pod') && events.includes(': spec.open');
        return isTold || undefined;
      });
    });
  });
};

/** Kinds of Kubernetes itself that the sandbox does not play. */
export const evaluatedBuiltIn: Scenario = (on) => {
  describe('an object of Kubernetes itself that a gate waits for', () => {
    const here = useNamespace(on);

    it("is ready by its kind's own idea of that", async () => {
      const [pv, pvc, ns, crd] = ['data', 'data', here().name, 'dependencygates.dependencygate.dev'];
      const of = (
        name: string,
        of: string,
        what: string,
        objectName: string,
        more: object = {},
      ): Dependency => ({
        name,
        resource: { apiVersion: of, kind: what, name: objectName, ...more },
      });
      await here().create(
        gate(
          'first',
          ['pinger'],
          [
            of('claim', 'v1', 'PersistentVolumeClaim', pvc),
            of('namespace', 'v1', 'Namespace', ns),
            of('definition', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition', crd),
          ],
        ),
      );
      await here().untilGate('first', { satisfied: 'namespace, definition' });
      const name = `${pv}-${here().name}`;
      const claimed = { accessModes: ['ReadWriteOnce'], storageClassName: '' };
      await here().create(
        {
          apiVersion: 'v1',
          kind: 'PersistentVolume',
          metadata: { name },
          spec: {
            ...claimed,
            capacity: { storage: '1Gi' },
            persistentVolumeReclaimPolicy: 'Retain',
            hostPath: { path: '/tmp/none' },
          },
        },
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: pvc },
          spec: { ...claimed, volumeName: name, resources: { requests: { storage: '1Gi' } } },
        },
      );
      await here().untilGate('first', { satisfied: 'claim, namespace, definition' });
      await here().delete('PersistentVolume', name);
    });
  });
};

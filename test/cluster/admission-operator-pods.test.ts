import { expect } from 'chai';
import { z } from 'zod';
import {
  FINALIZER,
  GATED_LABEL,
  gateAnnotation,
  HOLD_GATE,
  OPENED_AGAIN_ANNOTATION,
  openAnnotation,
  REQUIRE_LABEL,
} from '../../src/api/names.ts';
import type { PodTemplate } from '../../src/core/render/template.ts';
import { app, EFFECT_LIMIT_MS, gatePath } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { API_FIRST } from './admission-templates.ts';
import { pathOf, TARGET } from './admission-workloads.ts';
import { eventually } from './eventually.ts';
import { OperatorToken, policyRefusal } from './operator-token.ts';

const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';

const podsSchema = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }) })),
});

const storedSchema = z.object({ metadata: z.object({ uid: z.string() }) });

const own = (name: string) => ({ name, image: `registry.example/${name}:1` });

/** Whoever holds the operator's token, whatever RBAC gives it. */
describe('the token of the operator, on Pods and gates', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
  const token = new OperatorToken(cluster);
  let namespace = '';
  beforeEach(async () => {
    namespace = await cluster().namespace();
  });

  describe('on Pods', () => {
    const waiting: PodTemplate = {
      metadata: {
        labels: { app: TARGET, [GATED_LABEL]: 'true' },
        annotations: { [gateAnnotation('a')]: '1' },
      },
      spec: { ...app().spec, initContainers: [{ ...own('dgate-a--x') }, { ...own('first') }] },
    };
    const pods = () => `/api/v1/namespaces/${namespace}/pods`;
    /** A Pod that a ReplicaSet of a Deployment has made. */
    const owned = async (template: PodTemplate): Promise<string> => {
      const spec = { replicas: 1, selector: { matchLabels: { app: TARGET } }, template };
      await cluster().send('POST', pathOf('Deployment', namespace), { metadata: { name: TARGET }, spec });
      return eventually('it has a Pod', EFFECT_LIMIT_MS, async () => {
        const [pod] = podsSchema.parse(await cluster().send('GET', pods())).items;
        return pod && `${pods()}/${pod.metadata.name}`;
      });
    };
    const bare = async (template: PodTemplate): Promise<string> => {
      await cluster().send('POST', pods(), {
        metadata: { ...template.metadata, name: 'bare' },
        spec: template.spec,
      });
      return `${pods()}/bare`;
    };
    const annotate = (pod: string, annotations: Record<string, string | null>) =>
      token.patch(pod, { metadata: { annotations } });
    const report = (pod: string, status: object) =>
      cluster().send('PATCH', `${pod}/status`, { status }, { type: STRATEGIC_MERGE_PATCH });
    const container = (name: string, state: object) => ({
      ...{ name, image: 'i', imageID: '', ready: false, restartCount: 0, state },
    });

    it('opens the containers of one that a workload owns', async () => {
      const pod = await owned(waiting);
      await annotate(pod, { [openAnnotation('a', 'x')]: '1', [OPENED_AGAIN_ANNOTATION]: '1' });
      await annotate(pod, { [openAnnotation('a', 'x')]: '2 2026-01-01T00:00:00Z' });
    });

    it('opens each dependency of a container that several share, and all of them, and no other', async () => {
      const keys = ['x', 'y', 'all'].map((dependency) => openAnnotation('a', dependency));
      const args = ['wait', 'all', ...keys.map((key) => `--open-key=${key}`)];
      const other = { ...own('dgate-b--x'), args: [`--open-key=${openAnnotation('b', 'y')}`] };
      const shared = [{ ...own('dgate-a--all'), args }, other];
      const pod = await owned({ ...waiting, spec: { ...app().spec, initContainers: shared } });
      await annotate(pod, Object.fromEntries(keys.map((key) => [key, '1'])));
      for (const key of [openAnnotation('a', 'z'), openAnnotation('b', 'y'), openAnnotation('b', 'all')])
        await policyRefusal(annotate(pod, { [key]: '1' }));
    });

    it('opens nothing that the Pod does not have, and changes nothing else', async () => {
      const pod = await owned(waiting);
      for (const annotations of [
        { [openAnnotation('a', 'y')]: '1' },
        { [openAnnotation('b', 'x')]: '1' },
        { 'open.dependencygate.dev/first': '1' },
        { [gateAnnotation('a')]: '2' },
        { [gateAnnotation('a')]: null },
        { 'example.com/a': 'b' },
      ])
        await policyRefusal(annotate(pod, annotations));
      for (const metadata of [
        { labels: { app: 'other' } },
        { ownerReferences: null },
        { finalizers: ['a/b'] },
      ])
        await policyRefusal(token.patch(pod, { metadata }));
      await policyRefusal(token.patch(pod, { spec: { activeDeadlineSeconds: 1 } }));
      const image = { spec: { containers: [{ name: 'app', image: 'other' }] } };
      await policyRefusal(token.patch(pod, image, STRATEGIC_MERGE_PATCH));
    });

    it('reaches no Pod of nobody, whatever containers, annotations and labels it has', async () => {
      const pod = await bare(waiting);
      expect(await policyRefusal(annotate(pod, { [openAnnotation('a', 'x')]: '1' }))).to.contain(
        'Pods of workloads',
      );
      await policyRefusal(token.remove(pod));
    });

    it('deletes one that waits in a gate, and not once it has passed, nor while its app runs', async () => {
      const pod = await owned(waiting);
      await token.remove(pod);
      await report(pod, {
        initContainerStatuses: [container('dgate-a--x', { running: { startedAt: null } })],
      });
      await token.remove(pod);
      const running = [container('app', { running: { startedAt: '2026-01-01T00:00:00Z' } })];
      await report(pod, { containerStatuses: running });
      await policyRefusal(token.remove(pod));
      await report(pod, {
        containerStatuses: [container('app', { waiting: {} })],
        initContainerStatuses: [container('dgate-a--x', { terminated: { exitCode: 1 } })],
      });
      await token.remove(pod);
      await report(pod, {
        initContainerStatuses: [container('dgate-a--x', { terminated: { exitCode: 0 } })],
      });
      await policyRefusal(token.remove(pod));
    });

    it('deletes none that does not wait, or waits in its own container', async () => {
      await policyRefusal(
        token.remove(await owned({ ...waiting, spec: { ...app().spec, initContainers: [own('first')] } })),
      );
    });

    it('deletes one that is held', async () => {
      await token.remove(
        await owned({ ...waiting, spec: { ...app().spec, schedulingGates: [{ name: HOLD_GATE }] } }),
      );
    });

    describe('that are held', () => {
      const hold = { schedulingGates: [{ name: HOLD_GATE }] };
      const held: PodTemplate = {
        metadata: { labels: { app: TARGET, [REQUIRE_LABEL]: 'api-first' } },
        spec: { ...app().spec, restartPolicy: 'Never', ...hold },
      };
      const letGo = (pod: string, left: object[] | null = null, more: object = {}) =>
        token.patch(pod, { spec: { schedulingGates: left, ...more } });
      /** A held Pod of a Job. */
      const ofJob = async (template = held): Promise<string> => {
        const jobs = pathOf('Job', namespace);
        // What waits for a gate is suspended, and its Pods are held then.
        const job = { metadata: { name: 'migrate' }, spec: { template: { spec: template.spec } } };
        await cluster().send('POST', jobs, job);
        const { metadata } = storedSchema.parse(await cluster().send('GET', `${jobs}/migrate`));
        const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', uid: metadata.uid };
        const ownerReferences = [{ ...owner, controller: true }];
        const pod = {
          metadata: { ...template.metadata, name: 'held', ownerReferences },
          spec: template.spec,
        };
        await cluster().send('POST', pods(), pod);
        return `${pods()}/held`;
      };

      it('lets one of a Job go, and changes nothing besides', async () => {
        const pod = await ofJob();
        await policyRefusal(letGo(pod, null, { activeDeadlineSeconds: 1 }));
        await letGo(pod);
      });

      it('lets none go whose gate exists', async () => {
        const pod = await ofJob();
        await cluster().storeGate(namespace, API_FIRST.with({ finalizers: [] }));
        const answer = () => token.tries(pod, { spec: { schedulingGates: null } });
        const message = await eventually('the policy knows the gate', EFFECT_LIMIT_MS, answer);
        expect(message).to.contain('held for a gate which exists, as api-first does');
      });

      it("lets none go of another workload, nor what somebody else's scheduling gate keeps", async () => {
        await policyRefusal(letGo(await owned({ ...held, spec: { ...app().spec, ...hold } })));
        const pod = await ofJob({
          ...held,
          spec: { ...held.spec, schedulingGates: [{ name: 'example.com/a' }, { name: HOLD_GATE }] },
        });
        await policyRefusal(letGo(pod));
        await letGo(pod, [{ name: 'example.com/a' }]);
        await policyRefusal(letGo(pod));
      });
    });

    it("deletes none that somebody else's scheduling gate keeps", async () => {
      const template = { ...waiting, spec: { ...app().spec, schedulingGates: [{ name: 'example.com/a' }] } };
      await policyRefusal(token.remove(await owned(template)));
    });

    it('scales no ReplicaSet that is of no Deployment', async () => {
      const sets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
      for (const labels of [{ app: 'bare' }, { app: 'bare', 'pod-template-hash': 'abc' }]) {
        const template = { metadata: { labels }, spec: app().spec };
        const bare = {
          metadata: { name: `bare-${Object.keys(labels).length}` },
          spec: { selector: { matchLabels: labels }, template },
        };
        await cluster().send('POST', sets, bare);
        const scale = token.patch(`${sets}/${bare.metadata.name}/scale`, { spec: { replicas: 0 } });
        expect(await policyRefusal(scale)).to.contain('only ReplicaSets of Deployments');
      }
    });

    it('scales a ReplicaSet to zero, and to nothing else, and neither changes nor deletes it', async () => {
      await owned(waiting);
      const sets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
      const [set] = podsSchema.parse(await cluster().send('GET', sets)).items;
      const path = `${sets}/${set?.metadata.name}`;
      await policyRefusal(token.patch(`${path}/scale`, { spec: { replicas: 3 } }));
      await token.patch(`${path}/scale`, { spec: { replicas: 0 } });
      await policyRefusal(token.patch(path, { spec: { replicas: 0 } }));
      await policyRefusal(token.remove(path));
    });
  });

  describe('on gates', () => {
    const path = () => gatePath(namespace, 'api-first');
    beforeEach(() => cluster().storeGate(namespace, API_FIRST.with({ finalizers: ['example.com/own'] })));

    it('puts its finalizer in and takes it out', async () => {
      await token.patch(path(), { metadata: { finalizers: ['example.com/own', FINALIZER] } });
      await token.patch(path(), { metadata: { finalizers: ['example.com/own'] } });
    });

    it('changes nothing else, creates none and deletes none', async () => {
      for (const metadata of [
        { finalizers: [FINALIZER] },
        { finalizers: ['example.com/own', 'example.com/other'] },
        { labels: { a: 'b' } },
        { annotations: { a: 'b' } },
        { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'none', uid: 'a' }] },
      ])
        await policyRefusal(token.patch(path(), { metadata }));
      await policyRefusal(token.patch(path(), { spec: { suspend: true } }));
      await policyRefusal(token.remove(path()));
    });
  });
});

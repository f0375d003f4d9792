import { z } from 'zod';
import {
  AGGREGATE_LABEL,
  GROUP,
  gateAnnotation,
  HOLD_GATE,
  PLURAL,
  REQUIRE_LABEL,
  START_ANNOTATION,
  START_WAITING,
} from '../../src/api/names.ts';
import { TARGET_RESOURCES } from '../../src/api/target-resources.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { objectPath } from '../../src/kube/resource.ts';
import { CRDS } from '../../src/projections/resources.ts';
import { definitionOfBefore } from '../api/definition.ts';
import { dns, gate } from '../core/builders.ts';
import { type AdmissionApi, app, type Call, gatePath, MERGE_PATCH, OPERATOR } from './admission-api.ts';
import { completed, manifestOf, pathOf } from './admission-workloads.ts';

/** Whether each policy is in force, by its name. */
export type Probes = Readonly<Record<string, () => Promise<boolean>>>;

/** Somebody who may write gates and patch one Deployment. */
const PROBER = { user: 'prober', group: 'probers' };
const FOREIGN = gate('foreign').targets('foreign').dependsOn(dns('api'));
const ON_POD = { name: 'pod', resource: { apiVersion: 'v1', kind: 'Pod', name: 'it' } };
const BORN = gate('born').targets('StatefulSet/born', 'CronJob/born').dependsOn(dns('api')).rendered();
const PROBING = gate('probing').dependsOn(dns('api')).rendered();
/** Its targets are no other gate's: where an operator runs, what is first of theirs is refused. */
const IN_PODS = gate('in-pods')
  .specifying({ placement: 'Pod' })
  .targets('DaemonSet/placed', 'CronJob/placed')
  .dependsOn(dns('api'))
  .rendered();
const COMING = gate('coming').targets('Job/coming-job').dependsOn(dns('api'));
const COMING_JOB = { metadata: { name: 'coming-job' }, spec: { template: completed('Job', app()) } };
const CRD_PATH = objectPath(CRDS, { name: `${PLURAL}.${GROUP}` });
const apiOf = (kind: string) => (kind === 'CronJob' ? 'batch/v1' : 'apps/v1');

/** Makes what the probes look at. Whatever else they write is not stored. */
export async function prepareProbes(cluster: AdmissionApi): Promise<Probes> {
  const namespace = await cluster.namespace();
  await cluster.controlPlane.apply(JSON.stringify(roleOf(namespace)));
  await cluster.controlPlane.apply(JSON.stringify(bindingOf(namespace)));
  const foreign = { ...FOREIGN.gate, spec: FOREIGN.spec };
  await cluster.storeGate(namespace, FOREIGN);
  await cluster.storeGate(namespace, PROBING);
  await cluster.storeGate(namespace, IN_PODS);
  await cluster.storeGate(namespace, COMING);
  const isPlacedInto = async (path: string, kind: string, body: object) => {
    const ownerReferences = [
      { apiVersion: apiOf(kind), kind, name: 'placed', uid: 'probe', controller: true },
    ];
    const manifest = { ...body, metadata: { name: 'probe', ownerReferences } };
    const made = await cluster.send('POST', path, manifest, { dryRun: true });
    return JSON.stringify(made).includes(gateAnnotation('in-pods'));
  };
  const isPlaced = async (kind: 'Deployment' | 'CronJob') => {
    const { metadata } = await cluster.create(namespace, kind, app(), { dryRun: true });
    return gateAnnotation('probing') in (metadata?.annotations ?? {});
  };
  const asProber: Call = { as: PROBER, dryRun: true, type: MERGE_PATCH };
  const change = (spec: unknown) => cluster.send('PATCH', gatePath(namespace, 'foreign'), { spec }, asProber);
  return {
    inject: () => isPlaced('Deployment'),
    'inject-cronjob': () => isPlaced('CronJob'),
    place: () => isPlacedInto(`/api/v1/namespaces/${namespace}/pods`, 'DaemonSet', { spec: app().spec }),
    'place-cronjob': () =>
      isPlacedInto(pathOf('Job', namespace), 'CronJob', z.looseObject({}).parse(manifestOf('Job', app()))),
    guard: () => isRefused(change({ ...foreign.spec, suspend: true })),
    'guard-old': () => isRefused(change({ targets: [{ name: 'own' }] })),
    'guard-removal': () =>
      isRefused(cluster.send('DELETE', gatePath(namespace, 'foreign'), undefined, asProber)),
    'guard-reads': () =>
      isRefused(change({ ...foreign.spec, targets: [{ name: 'own' }], dependencies: [ON_POD] })),
    'guard-crd': () =>
      isRefused(cluster.send('PATCH', CRD_PATH, ofBefore(), { dryRun: true, type: MERGE_PATCH })),
    'guard-status': () =>
      isRefused(cluster.send('PATCH', `${gatePath(namespace, 'foreign')}/status`, { status: {} }, asProber)),
    ...(await prepareBirthProbes(cluster, namespace)),
    ...(await prepareOperatorProbes(cluster, namespace)),
  };
}

/** The definition of a release before this one. */
function ofBefore() {
  const { metadata, spec } = definitionOfBefore();
  return { metadata, spec: { versions: spec.versions } };
}

/** What is born without a gate that it requires, or as the first of a gate's target. */
async function prepareBirthProbes(cluster: AdmissionApi, namespace: string): Promise<Probes> {
  const targets = (['StatefulSet', 'CronJob'] as const).map((kind) => {
    return { kind, name: 'born', state: 'Missing', open: 0, waiting: 0, ungated: 0 };
  });
  await cluster.storeGate(namespace, BORN.with({ finalizers: [] }));
  const status = `${gatePath(namespace, 'born')}/status`;
  await cluster.send('PATCH', status, { status: { targets } }, { as: OPERATOR, type: MERGE_PATCH });
  const { spec } = app();
  const pod = (metadata: object) =>
    cluster.send(
      'POST',
      podsOf(namespace),
      { metadata: { name: 'probe', ...metadata }, spec },
      { dryRun: true },
    );
  const required = { labels: { [REQUIRE_LABEL]: 'unknown' } };
  const isHeld = async () => JSON.stringify(await pod(required)).includes('schedulingGates');
  const jobs = pathOf('Job', namespace);
  const job = {
    metadata: { name: 'probe', ...ownedBy('CronJob') },
    spec: { template: completed('Job', app()) },
  };
  const requiring = completed('Job', { ...app(), metadata: required });
  const dry: Call = { dryRun: true, type: MERGE_PATCH };
  const createJob = (metadata: object = {}) =>
    cluster.send(
      'POST',
      jobs,
      { metadata: { name: 'probe', ...metadata }, spec: { template: requiring } },
      { dryRun: true },
    );
  const metadata = { name: 'waiting', annotations: { [START_ANNOTATION]: START_WAITING } };
  await cluster.send('POST', jobs, { metadata, spec: { suspend: true, template: requiring } });
  const resumed = { spec: { suspend: false } };
  return {
    hold: isHeld,
    // Where Pods are held, none is left to be refused.
    require: async () => (await isRefused(pod(required))) || isHeld(),
    'hold-job': () => isRefused(createJob(ownedBy('CronJob'))),
    'hold-resumed-job': () => isRefused(cluster.send('PATCH', `${jobs}/waiting`, resumed, dry)),
    'require-job': async () => {
      const made = JSON.stringify(await cluster.send('POST', jobs, COMING_JOB, { dryRun: true }));
      // Where an operator runs, the gate is soon in force, and then the policy has nothing to do.
      return made.includes(REQUIRE_LABEL) || made.includes(gateAnnotation('coming'));
    },
    'suspend-job': async () => JSON.stringify(await createJob()).includes(START_ANNOTATION),
    'first-start': () => isRefused(pod(ownedBy('StatefulSet'))),
    'first-start-cronjob': () => isRefused(cluster.send('POST', jobs, job, { dryRun: true })),
  };
}

/** Made by the target of that kind, as far as its metadata tell. */
function ownedBy(kind: 'StatefulSet' | 'CronJob') {
  const { group, version } = TARGET_RESOURCES[kind];
  const uid = '00000000-0000-4000-8000-000000000000';
  return {
    ownerReferences: [{ apiVersion: `${group}/${version}`, kind, name: 'born', uid, controller: true }],
  };
}

function podsOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

const storedSchema = z.looseObject({ metadata: z.looseObject({ uid: z.string() }) });

/** What the operator may not do, and what nobody may have it do. */
async function prepareOperatorProbes(cluster: AdmissionApi, namespace: string): Promise<Probes> {
  for (const kind of ['Deployment', 'CronJob', 'Job'] as const)
    await cluster.create(namespace, kind, app(), { name: 'probed' });
  const pods = podsOf(namespace);
  await cluster.send('POST', pods, { metadata: { name: 'probed' }, spec: app().spec });
  const job = storedSchema.parse(await cluster.send('GET', pathOf('Job', namespace, 'probed'))).metadata;
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'probed', uid: job.uid, controller: true };
  await cluster.send('POST', pods, {
    metadata: { name: 'held', labels: { [REQUIRE_LABEL]: 'foreign' }, ownerReferences: [owner] },
    spec: { ...app().spec, schedulingGates: [{ name: HOLD_GATE }] },
  });
  const sets = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
  const labels = { app: 'probed', 'pod-template-hash': 'abc' };
  const template = { ...app(), metadata: { labels } };
  const spec = { replicas: 0, selector: { matchLabels: labels }, template };
  await cluster.send('POST', sets, { metadata: { name: 'probed-abc' }, spec });
  const scale = { spec: { replicas: 1 } };
  const asOperator: Call = { as: OPERATOR, dryRun: true, type: MERGE_PATCH };
  const label = { metadata: { labels: { probed: 'true' } } };
  const mark = (path: string) => isRefused(cluster.send('PATCH', path, label, asOperator));
  const role = {
    metadata: { name: 'probed', labels: { [AGGREGATE_LABEL]: 'true' } },
    rules: [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['delete'] }],
  };
  return {
    'operator-gates': () => mark(gatePath(namespace, 'foreign')),
    'operator-templates': () => mark(pathOf('Deployment', namespace, 'probed')),
    'operator-jobs': () => mark(pathOf('Job', namespace, 'probed')),
    'operator-cronjobs': () => mark(pathOf('CronJob', namespace, 'probed')),
    'operator-pods': () => mark(`${pods}/probed`),
    'operator-holds': () =>
      isRefused(cluster.send('PATCH', `${pods}/held`, { spec: { schedulingGates: null } }, asOperator)),
    'operator-scale': () => isRefused(cluster.send('PATCH', `${sets}/probed-abc/scale`, scale, asOperator)),
    'operator-deletions': () => isRefused(cluster.send('DELETE', `${pods}/probed`, undefined, asOperator)),
    'operator-creations': () =>
      isRefused(cluster.create(namespace, 'Deployment', app(), { as: OPERATOR, dryRun: true })),
    'guard-roles': () =>
      isRefused(
        cluster.send('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', role, { dryRun: true }),
      ),
  };
}

/** Whether a policy denies: what only RBAC or a schema refuses fails the test. */
async function isRefused(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return false;
  } catch (error) {
    if (error instanceof ApiError && error.message.includes('ValidatingAdmissionPolicy')) return true;
    throw error;
  }
}

function roleOf(namespace: string) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: PROBER.user, namespace },
    rules: [
      {
        apiGroups: ['dependencygate.dev'],
        resources: ['dependencygates', 'dependencygates/status'],
        verbs: ['create', 'patch', 'delete'],
      },
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['own'], verbs: ['patch'] },
    ],
  };
}

function bindingOf(namespace: string) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: PROBER.user, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: PROBER.user },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: PROBER.user }],
  };
}

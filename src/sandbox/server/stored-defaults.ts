import type { KubeObject } from '../cluster.ts';
import { type Fields, fields, list, text } from './json.ts';

/**
 * What the API server fills in where nothing is said, for the kinds of the sandbox: the fields that controllers,
 * kubectl's columns and comparisons of templates meet.
 */
export function withDefaults(object: KubeObject): KubeObject {
  const spec = fields(object.spec);
  switch (object.kind) {
    case 'Deployment':
      return { ...object, spec: { ...DEPLOYMENT, ...strategy(spec), template: template(spec.template) } };
    case 'ReplicaSet':
      return { ...object, spec: { replicas: 1, ...spec, template: template(spec.template) } };
    case 'Pod':
      return { ...object, spec: podSpec(spec) };
    case 'Service':
      return { ...object, spec: service(spec) };
    case 'Secret':
      return { ...object, type: object.type ?? 'Opaque' };
    case 'Namespace': {
      const labels = { 'kubernetes.io/metadata.name': object.metadata.name, ...object.metadata.labels };
      const metadata = { ...object.metadata, labels };
      return { ...object, metadata, spec: { finalizers: ['kubernetes'], ...spec } };
    }
    default:
      return object;
  }
}

const DEPLOYMENT = { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 };

function strategy(spec: Fields): Fields {
  const given = { type: 'RollingUpdate', ...fields(spec.strategy) };
  if (given.type !== 'RollingUpdate') return { ...spec, strategy: given };
  const rollingUpdate = {
    maxSurge: '25%',
    maxUnavailable: '25%',
    ...fields(fields(spec.strategy).rollingUpdate),
  };
  return { ...spec, strategy: { ...given, rollingUpdate } };
}

function template(value: unknown): Fields {
  return { metadata: {}, ...fields(value), spec: podSpec(fields(fields(value).spec)) };
}

function podSpec(spec: Fields): Fields {
  const lists = ['initContainers', 'containers'].filter((name) => name in spec);
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    ...Object.fromEntries(
      lists.map((name) => [name, list(spec[name]).map((item) => container(fields(item)))]),
    ),
  };
}

function container(given: Fields): Fields {
  const latest = !/[:@][^/]*$/.test(text(given.image)) || /:latest$/.test(text(given.image));
  const ports = list(given.ports).map((port) => ({ protocol: 'TCP', ...fields(port) }));
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: latest ? 'Always' : 'IfNotPresent',
    ...given,
    ...(ports.length > 0 ? { ports } : {}),
  };
}

function service(spec: Fields): Fields {
  const ports = list(spec.ports).map((item) => {
    const port = fields(item);
    return { protocol: 'TCP', targetPort: port.port, ...port };
  });
  return {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: 'Cluster',
    ...spec,
    ...(ports.length > 0 ? { ports } : {}),
  };
}

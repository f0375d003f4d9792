import type { KubeObject } from '../cluster.ts';
import { at, fields, number } from './json.ts';
import { badRequest } from './status-error.ts';

/** A Deployment or ReplicaSet as its `scale` subresource shows it. */
export function scaleOf(object: KubeObject): KubeObject {
  const labels = Object.entries(fields(at(object, 'spec', 'selector', 'matchLabels')));
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: { replicas: number(at(object, 'spec', 'replicas')) },
    status: {
      replicas: number(at(object, 'status', 'replicas')),
      selector: labels.map(([label, value]) => `${label}=${value}`).join(','),
    },
  };
}

/** The object with the replicas that a Scale asks for; a resourceVersion in it is a precondition. */
export function scaled(object: KubeObject, scale: KubeObject): KubeObject {
  const replicas = at(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number' || replicas < 0) throw badRequest('spec.replicas must not be negative');
  const { resourceVersion } = scale.metadata;
  const metadata = { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return { ...object, metadata, spec: { ...fields(object.spec), replicas } };
}

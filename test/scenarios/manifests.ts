import type { Dependency, GateSpec } from '../../src/api/spec.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { target } from '../core/gate-builder.ts';

/** What people write into YAML files. */

export { dns, tcp } from '../core/gate-builder.ts';

export const APP_IMAGE = 'registry.example/app:1';

type Fields = Readonly<Record<string, unknown>>;

/** A gate: `pinger` is a Deployment, `StatefulSet/db` is what it says. */
export function gate(
  name: string,
  targets: readonly string[],
  dependencies: readonly Dependency[],
  more: Partial<GateSpec> = {},
): KubeObject {
  return {
    apiVersion: 'dependencygate.dev/v1alpha1',
    kind: 'DependencyGate',
    metadata: { name },
    spec: { targets: targets.map(target), dependencies, ...more },
  };
}

/** A check of the user's own: a script, with the Pod's namespace as $NS. */
export function scripted(name: string, script: string, image = 'registry.example/bind-tools:1'): Dependency {
  const env = [{ name: 'NS', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }];
  return { name, container: { image, command: ['sh', '-c', script], env } };
}

interface AppOptions {
  readonly replicas?: number;
  /** Fields of the workload's spec. */
  readonly spec?: Fields;
  /** Fields of its Pod template's spec. */
  readonly pod?: Fields;
  readonly image?: string;
}

export function deployment(name: string, options: AppOptions = {}): KubeObject {
  return workload('Deployment', name, { replicas: options.replicas ?? 1 }, options);
}

/** Its Pods are made one after another, as is the default. */
export function statefulSet(name: string, options: AppOptions = {}): KubeObject {
  return workload('StatefulSet', name, { replicas: options.replicas ?? 1, serviceName: name }, options);
}

export function daemonSet(name: string, options: AppOptions = {}): KubeObject {
  return workload('DaemonSet', name, {}, options);
}

/** It is suspended: no Job is made of it. */
export function cronJob(name: string): KubeObject {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: APP_IMAGE }] } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template } } },
  };
}

function workload(
  kind: string,
  name: string,
  own: Fields,
  { spec, pod, image = APP_IMAGE }: AppOptions,
): KubeObject {
  const template = {
    metadata: { labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image }], ...pod },
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { ...own, selector: { matchLabels: { app: name } }, template, ...spec },
  };
}

/** A Service of the app's Pods, as dns sees it at once and tcp, http and grpc once a Pod is ready. */
export function service(app: string, port = 80): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app },
    spec: { selector: { app }, ports: [{ name: 'main', port }] },
  };
}

export function secret(name: string, values: Readonly<Record<string, string>>): KubeObject {
  const encoded = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: Object.fromEntries(encoded) };
}

/** A kind of the scenarios' own, of stories.example.com/v1, with a spec and a status of any form. */
export function customResource(kind: string): KubeObject {
  const plural = `${kind.toLowerCase()}s`;
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.stories.example.com` },
    spec: {
      group: 'stories.example.com',
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: open, status: open } } },
        },
      ],
    },
  };
}

import { canonicalJson, fingerprint } from '../../core/canonical.ts';
import { keyOf } from './collection.ts';
import { startLoop } from './loop.ts';
import { isTrue, type Pod, type Service, selects } from './objects.ts';
import { controllerReference, ownerKey } from './owner.ts';
import type { SimulatedWorld } from './world.ts';

/** The EndpointSlice controller. (A Service's own address comes from the API server.) */
export function startServices(world: SimulatedWorld): void {
  const { services, endpointSlices, pods } = world;
  const loop = startLoop(sync, world);
  services.listen((service) => loop.add(keyOf(service)));
  endpointSlices.listen((slice) => {
    const key = ownerKey(slice, 'Service');
    if (key) loop.add(key);
  });
  // A Pod whose labels have changed may have left a Service that no longer selects it: all of the namespace look.
  pods.listen(({ metadata: { namespace } }) => {
    for (const service of services.all()) {
      if (service.metadata.namespace === namespace) loop.add(keyOf(service));
    }
  });

  async function sync(key: string): Promise<void> {
    const service = services.get(key);
    if (!service?.spec.selector || service.spec.type === 'ExternalName') return;
    const wanted = endpointSlice(service, pods.all());
    const [slice] = endpointSlices.ownedBy(service);
    if (!slice) return endpointSlices.create(wanted);
    const { endpoints, ports } = wanted;
    if (
      canonicalJson({ endpoints, ports }) ===
      canonicalJson({ endpoints: slice.endpoints, ports: slice.ports })
    )
      return;
    await endpointSlices.patch(slice, { endpoints, ports });
  }
}

/** The one EndpointSlice of a Service: every Pod that it selects and that has an address, ready or not. */
export function endpointSlice(service: Service, pods: readonly Pod[]) {
  const { name, namespace, uid } = service.metadata;
  const selected = pods.filter(
    ({ metadata, status }) =>
      metadata.namespace === namespace &&
      selects(service.spec.selector ?? {}, metadata.labels) &&
      status.podIP !== undefined &&
      status.phase !== 'Failed' &&
      status.phase !== 'Succeeded',
  );
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${fingerprint(uid).slice(0, 5)}`,
      namespace,
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [controllerReference('v1', 'Service', service.metadata)],
    },
    addressType: 'IPv4',
    endpoints: selected.map((pod) => endpoint(pod, service)),
    ports: service.spec.ports.map((port) => ({
      name: port.name ?? '',
      port: targetPort(port, selected[0]),
      protocol: port.protocol,
    })),
  };
}

function endpoint({ metadata, spec, status }: Pod, service: Service) {
  const ready = isTrue(status.conditions, 'Ready');
  const terminating = metadata.deletionTimestamp !== undefined;
  return {
    addresses: [status.podIP],
    conditions: {
      ready: service.spec.publishNotReadyAddresses || (ready && !terminating),
      serving: ready,
      terminating,
    },
    nodeName: spec.nodeName,
    targetRef: { kind: 'Pod', namespace: metadata.namespace, name: metadata.name, uid: metadata.uid },
  };
}

/** The container's port: a number, or the name of a port of the Pods. */
function targetPort(
  { port, targetPort = port }: Service['spec']['ports'][number],
  pod: Pod | undefined,
): number {
  if (typeof targetPort === 'number') return targetPort;
  const ports = pod?.spec.containers.flatMap((container) => container.ports) ?? [];
  return ports.find(({ name }) => name === targetPort)?.containerPort ?? port;
}

import { isIP } from 'node:net';
import type { Network, Resolution } from '../../waiter/checks/check.ts';
import { describeCode, resolutionOf, type Search, searchAddresses } from '../../waiter/network/search.ts';
import { AnyApp } from './any-app.ts';
import { type EndpointSlice, isTrue, type Service } from './objects.ts';
import type { SimulatedWorld } from './world.ts';

const CLUSTER_DOMAIN = 'cluster.local';
/** `hostAliases` are not simulated. */
const NO_HOSTS: Search['hosts'] = new Map();
const SERVICE_NAME = /^([^.]+)\.([^.]+)\.svc\.cluster\.local\.?$/;

/** The cluster's network as the Pods of one namespace see it. */
export interface PodNetwork extends Network {
  /** What their resolv.conf says. */
  readonly search: Search;
}

type SliceEndpoint = NonNullable<EndpointSlice['endpoints']>[number];

/** The objects that a cluster's network is made of. */
export interface NetworkObjects {
  readonly services: Pick<SimulatedWorld['services'], 'get' | 'all'>;
  readonly endpointSlices: Pick<SimulatedWorld['endpointSlices'], 'ownedBy'>;
  readonly pods: Pick<SimulatedWorld['pods'], 'all'>;
}

/** The cluster's network: its name server, and the way to what listens behind its addresses. */
export interface ClusterNetwork {
  inNamespace(namespace: string): PodNetwork;
  /** Closes the ports on loopback. */
  stop(): void;
}

/**
 * A network whose addresses exist only in the API server's objects. As with a cluster's own name server, a Service's
 * name resolves as soon as the Service exists, a headless one's only with ready endpoints; no other names are known.
 * A connection to a Service with ready endpoints on that port, or to a ready Pod, ends at a server on loopback. An
 * endpoint that is published although its Pod is not ready has a name, and nobody who listens.
 */
export function clusterNetwork(world: NetworkObjects): ClusterNetwork {
  const app = new AnyApp();

  function resolve(host: string, type: 'A' | 'AAAA'): Resolution {
    const [, name, namespace] = SERVICE_NAME.exec(host.toLowerCase()) ?? [];
    const service = world.services.get(`${namespace}/${name}`);
    if (!service) return { code: 'NXDOMAIN' };
    const { clusterIP } = service.spec;
    const addresses = clusterIP === 'None' ? addressesOf(readyEndpoints(service)) : [clusterIP].filter(isIP);
    if (addresses.length === 0) return { code: 'NXDOMAIN' };
    // IPv4 only, as in most clusters: the name is there, but has no address of the other family.
    return resolutionOf(type === 'A' ? addresses : []);
  }

  function readyEndpoints(service: Service, port?: Service['spec']['ports'][number]): SliceEndpoint[] {
    return world.endpointSlices
      .ownedBy(service)
      .filter((slice) => !port || slice.ports?.some((one) => (one.name ?? '') === (port.name ?? '')))
      .flatMap((slice) => slice.endpoints ?? [])
      .filter(({ conditions }) => conditions.ready !== false);
  }

  /** Why nobody listens at an address; undefined when somebody does. */
  function refusal(address: string, port: number): string | undefined {
    const service = world.services.all().find(({ spec }) => spec.clusterIP === address);
    const pod = world.pods.all().find(({ status }) => status.podIP === address);
    if (!service && !pod) return 'no route to host';
    const servicePort = service?.spec.ports.find((one) => one.port === port);
    const listening = service
      ? servicePort &&
        readyEndpoints(service, servicePort).some(({ conditions }) => conditions.serving !== false)
      : pod && isTrue(pod.status.conditions, 'Ready');
    return listening ? undefined : 'connection refused';
  }

  return {
    inNamespace(namespace) {
      const domains = [`${namespace}.svc`, 'svc'].map((prefix) => `${prefix}.${CLUSTER_DOMAIN}`);
      const search = { search: [...domains, CLUSTER_DOMAIN], ndots: 5, hosts: NO_HOSTS };
      const asked: Network['resolve'] = async (host, type) => resolve(host, type);
      return {
        search,
        resolve: asked,
        async locate(host, port, signal) {
          const found = isIP(host)
            ? resolutionOf([host])
            : await searchAddresses(host, 'A', search, asked, signal);
          if ('code' in found) return { failure: describeCode(found.code) };
          const refusals = found.addresses.map((address) => refusal(address, port));
          const accepting = found.addresses[refusals.indexOf(undefined)];
          if (accepting === undefined) return { failure: refusals[0] ?? 'connection refused' };
          return [{ host: '127.0.0.1', port: await app.port(), standsFor: { host: accepting, port } }];
        },
      };
    },
    stop: () => app.stop(),
  };
}

function addressesOf(endpoints: readonly SliceEndpoint[]): string[] {
  return endpoints.flatMap(({ addresses }) => addresses);
}

import type { KubeObject } from '../cluster.ts';
import { ageOf } from './age.ts';
import type { Column } from './column.ts';
import { customColumns } from './custom-columns.ts';
import { at, fields, list, number, text } from './json.ts';
import { podRow } from './pod-row.ts';
import type { ResourceType } from './served-resources.ts';

type Cell = Column['cell'];

function column(name: string, cell: Cell, priority = 0): Column {
  return { name, type: 'string', description: '', priority, cell };
}

const AGE = column('Age', (object, now) => ageOf(object.metadata.creationTimestamp, now));
const NAME: Column = {
  ...column('Name', (object) => object.metadata.name),
  description: 'Name of the object',
};

/** The field at a path, `<none>` where there is nothing. */
function field(...path: readonly string[]): Cell {
  return (object) => at(object, ...path) ?? '<none>';
}

function amount(...path: readonly string[]): Cell {
  return (object) => number(at(object, ...path));
}

function size(name: string): Cell {
  return (object) => Object.keys(fields(object[name])).length;
}

function joined(values: readonly unknown[], otherwise = '<none>'): string {
  return values.length === 0 ? otherwise : values.join(',');
}

function labels(value: unknown): string {
  return joined(Object.entries(fields(value)).map(([name, label]) => `${name}=${label}`));
}

function containers(name: 'name' | 'image', priority = 1): Column {
  const of: Cell = (object) =>
    joined(
      list(at(object, 'spec', 'template', 'spec', 'containers')).map((container) => fields(container)[name]),
    );
  return column(name === 'name' ? 'Containers' : 'Images', of, priority);
}

const SELECTOR = column('Selector', (object) => labels(at(object, 'spec', 'selector', 'matchLabels')), 1);

function servicePorts(service: KubeObject): string {
  const ports = list(at(service, 'spec', 'ports')).map((item) => {
    const { port, nodePort, protocol } = fields(item);
    return nodePort === undefined ? `${port}/${protocol}` : `${port}:${nodePort}/${protocol}`;
  });
  return joined(ports);
}

function endpoints(slice: KubeObject): string {
  const addresses = list(slice.endpoints).flatMap((item) => list(fields(item).addresses));
  if (addresses.length === 0) return '<unset>';
  const more = addresses.length > 3 ? ` + ${addresses.length - 3} more...` : '';
  return joined(addresses.slice(0, 3)) + more;
}

function lastSeen(event: KubeObject, now: number): string {
  const seen = at(event, 'series', 'lastObservedTime') ?? event.lastTimestamp ?? event.eventTime;
  return ageOf(seen ?? event.metadata.creationTimestamp, now);
}

function involved(event: KubeObject): string {
  const { kind, name } = fields(event.involvedObject);
  return `${text(kind).toLowerCase()}/${name}`;
}

function eventSource({ source, reportingComponent, reportingInstance }: KubeObject): string {
  const { component, host } = fields(source);
  return [component ?? reportingComponent, host ?? reportingInstance].filter((part) => part).join(', ');
}

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Namespace: [NAME, column('Status', field('status', 'phase')), AGE],
  Node: [
    NAME,
    column('Status', () => 'Ready'),
    column('Roles', () => '<none>'),
    AGE,
    column('Version', field('status', 'nodeInfo', 'kubeletVersion')),
    column('Internal-IP', (node) => fields(list(at(node, 'status', 'addresses'))[0]).address, 1),
  ],
  Pod: [
    NAME,
    column('Ready', (pod, now) => podRow(pod, now).ready),
    column('Status', (pod, now) => podRow(pod, now).status),
    column('Restarts', (pod, now) => podRow(pod, now).restarts),
    AGE,
    column('IP', field('status', 'podIP'), 1),
    column('Node', field('spec', 'nodeName'), 1),
    column('Nominated Node', field('status', 'nominatedNodeName'), 1),
    column('Readiness Gates', () => '<none>', 1),
  ],
  Deployment: [
    NAME,
    column(
      'Ready',
      (object) => `${number(at(object, 'status', 'readyReplicas'))}/${at(object, 'spec', 'replicas')}`,
    ),
    column('Up-to-date', amount('status', 'updatedReplicas')),
    column('Available', amount('status', 'availableReplicas')),
    AGE,
    containers('name'),
    containers('image'),
    SELECTOR,
  ],
  ReplicaSet: [
    NAME,
    column('Desired', amount('spec', 'replicas')),
    column('Current', amount('status', 'replicas')),
    column('Ready', amount('status', 'readyReplicas')),
    AGE,
    containers('name'),
    containers('image'),
    SELECTOR,
  ],
  Service: [
    NAME,
    column('Type', field('spec', 'type')),
    column('Cluster-IP', field('spec', 'clusterIP')),
    column('External-IP', field('spec', 'externalName')),
    column('Port(s)', servicePorts),
    AGE,
    column('Selector', (object) => labels(at(object, 'spec', 'selector')), 1),
  ],
  EndpointSlice: [
    NAME,
    column('AddressType', field('addressType')),
    column('Ports', (slice) =>
      joined(
        list(slice.ports).map((port) => fields(port).port),
        '<unset>',
      ),
    ),
    column('Endpoints', endpoints),
    AGE,
  ],
  ConfigMap: [NAME, column('Data', size('data')), AGE],
  Secret: [NAME, column('Type', field('type')), column('Data', size('data')), AGE],
  Lease: [NAME, column('Holder', field('spec', 'holderIdentity')), AGE],
  Event: [
    column('Last Seen', lastSeen),
    column('Type', field('type')),
    column('Reason', field('reason')),
    column('Object', involved),
    column('Source', eventSource, 1),
    column('Message', (event) => text(event.message).trim()),
    column('Count', (event) => at(event, 'series', 'count') ?? event.count ?? 1, 1),
    { ...NAME, priority: 1 },
  ],
  CustomResourceDefinition: [NAME, column('Created At', field('metadata', 'creationTimestamp'))],
};

/** The columns of a kind: of a custom resource those of its definition. */
export function columnsOf(type: ResourceType): readonly Column[] {
  if (type.custom) return [NAME, ...customColumns(type.custom)];
  return COLUMNS[type.kind] ?? [NAME, AGE];
}

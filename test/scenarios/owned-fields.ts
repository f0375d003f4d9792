import { z } from 'zod';
import type { GateView, WorkloadView } from './views.ts';

const fieldsSchema = z.record(z.string(), z.unknown());

/**
 * The fields that a manager owns, as `managedFields` tells: `spec.template.spec.initContainers[name=own]`. An item of a
 * list stands for all that is in it, and a map or list for itself only where nothing in it is named.
 */
export function ownedFields(
  { metadata }: GateView | WorkloadView,
  manager: string,
  subresource = '',
): string[] {
  const entries = metadata.managedFields.filter(
    (entry) => entry.manager === manager && entry.subresource === subresource,
  );
  return [...new Set(entries.flatMap(({ fieldsV1 }) => paths(fieldsV1, '')))].toSorted();
}

function paths(fields: unknown, path: string): string[] {
  const inner = Object.entries(fieldsSchema.parse(fields)).filter(([key]) => key !== '.');
  if (inner.length === 0) return [path];
  return inner.flatMap(([key, value]) => {
    const name = key.slice(2);
    if (key.startsWith('f:')) return paths(value, path === '' ? name : `${path}.${name}`);
    return [`${path}[${item(key.slice(0, 1), JSON.parse(name))}]`];
  });
}

/** `k:{"name":"own"}` and `v:"a value"`. */
function item(type: string, value: unknown): string {
  if (type === 'v') return String(value);
  return Object.entries(fieldsSchema.parse(value))
    .map(([key, of]) => `${key}=${of}`)
    .join(',');
}

import type { OwnerReference } from '../cluster.ts';
import type { Held } from './objects.ts';

/** The reference to the one owner that brings an object about: when it goes, the object goes. */
export function controllerReference(
  apiVersion: string,
  kind: string,
  { name, uid }: { readonly name: string; readonly uid: string },
): OwnerReference & { blockOwnerDeletion: true } {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** The key of an object's controller, if that is of the given kind. */
export function ownerKey({ metadata }: Held, kind: string): string | undefined {
  const owner = metadata.ownerReferences.find((one) => one.controller && one.kind === kind);
  return owner && `${metadata.namespace}/${owner.name}`;
}

import { stringify } from 'yaml';
import { customResourceDefinition } from './crd.ts';

/** The CustomResourceDefinition as a manifest for `kubectl apply`. */
export function formatCrdYaml(): string {
  return stringify(customResourceDefinition(), { lineWidth: 110, aliasDuplicateObjects: false });
}

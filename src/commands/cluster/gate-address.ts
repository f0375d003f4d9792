import { InvalidArgumentError } from 'commander';
import { LABEL } from '../../api/text-rules.ts';

/** A gate as it is named on the command line. */
export interface GateAddress {
  /** Undefined: the namespace that the kubeconfig's context is in. */
  readonly namespace: string | undefined;
  readonly name: string;
}

/** `NAMESPACE/NAME`, or `NAME`. @throws InvalidArgumentError for what can be no gate's name */
export function gateAddress(text: string): GateAddress {
  const [name = '', namespace, ...more] = text.split('/').reverse();
  if (more.length > 0) throw new InvalidArgumentError('It must be NAMESPACE/NAME, or NAME.');
  return { namespace: namespace === undefined ? undefined : label(namespace), name: label(name) };
}

/** A namespace or a gate: both are DNS labels. */
export function label(text: string): string {
  if (LABEL.test(text) && text.length <= 63) return text;
  throw new InvalidArgumentError('A name has lower-case letters, digits and -, and at most 63 of them.');
}

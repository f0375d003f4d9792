import { Option } from 'commander';
import { uid } from './numbers.ts';

/** What `operator` and `render` must be told alike, so that what one makes is current for the other. */

export function pullPolicyOption(): Option {
  return new Option(
    '--waiter-image-pull-policy <policy>',
    "when that image is pulled (default: Kubernetes' own)",
  ).choices(['Always', 'IfNotPresent', 'Never']);
}

export function runAsUserOption(): Option {
  return new Option(
    '--run-as-user <uid>',
    'user id of waiting containers, or none to leave it to the cluster',
  )
    .argParser(uid)
    .default(65532);
}

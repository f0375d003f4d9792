import type { FirstStarts } from '../admission/policies.ts';
import type { World } from '../world.ts';
import { olderCrdWords } from './older-crd.ts';

const FIRST_STARTS: Readonly<Record<FirstStarts, string>> = {
  placed: 'first starts are gated by admission',
  refused: 'first starts are refused until gated',
  patched: 'first starts run ungated until patched',
};

/**
 * What gates first starts in this cluster, and what of the installation is not of the operator's release.
 *
 * @param idle why admission does nothing for the targets, though its policies are there
 */
export function installationWords(
  { firstStarts, foreignPolicies, olderCrd }: Pick<World, 'firstStarts' | 'foreignPolicies' | 'olderCrd'>,
  idle: string | undefined,
): string[] {
  return [
    idle === undefined ? FIRST_STARTS[firstStarts] : `admission does not act: ${idle}`,
    ...(foreignPolicies.length > 0 ? [foreignWords(foreignPolicies)] : []),
    ...(olderCrd ? [olderCrdWords(olderCrd)] : []),
  ];
}

/** They were left behind by an upgrade of the operator, or edited. */
function foreignWords(policies: readonly string[]): string {
  return `policies that are not those of the operator's release, whose manifests are to be applied: ${policies.join(', ')}`;
}

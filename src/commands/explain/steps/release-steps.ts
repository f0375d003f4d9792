import type { Dependency } from '../../../api/spec.ts';
import type { DependencyStatus } from '../../../api/status.ts';
import { checkExpression } from '../../../core/expression/expression.ts';
import { dependenciesOf, type ExplainWorld, statusOf } from '../explain-world.ts';
import { type Step, step, within } from './step.ts';

/**
 * What to do about a Job that each release makes anew, where nothing tells whose it is. The next release's Pods are there
 * before its Job, and until that takes the place of the last one they are let through by a migration that is not theirs.
 */
export function releaseSteps(world: ExplainWorld): Step[] {
  return dependenciesOf(world)
    .filter(
      (dependency) => isOfNoRelease(dependency) && hadOthers(dependency, statusOf(world, dependency.name)),
    )
    .map(({ name, resource }) =>
      step(
        `${name}: a Job before this one completed for it, as each release makes one. The Pods of a release that comes are let through by the Job of the last one, until its own takes that one's place. Let Pods wait for their own: matchPod: {image: true} in ${resource?.kind} ${resource?.name ?? ''} of the gate where both run one image, else matchPod: {labels: [app.kubernetes.io/version]} where both have the release in such a label.`,
        within(world, 'explain dgate.spec.dependencies.resource.matchPod'),
      ),
    );
}

/** A Job by its name alone: whatever Job has it lets any Pod through. */
function isOfNoRelease({ resource }: Dependency): boolean {
  if (resource?.kind !== 'Job' || resource.name === undefined || resource.matchPod) return false;
  const { expression } = resource;
  return expression === undefined || checkExpression(expression).reads.pod === undefined;
}

function hadOthers({ resource }: Dependency, status: DependencyStatus | undefined): boolean {
  return status?.completed?.some(({ name, superseded }) => superseded || name !== resource?.name) ?? false;
}

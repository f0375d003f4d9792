import type { Scenario } from './cluster.ts';
import { dependencies } from './dependencies.scenario.ts';
import { evaluated } from './evaluated.scenario.ts';
import { evaluatedBuiltIn, evaluatedReal } from './evaluated-real.scenario.ts';
import { explaining } from './explain.scenario.ts';
import { explainingReal } from './explain-real.scenario.ts';
import { held } from './held.scenario.ts';
import { kubectl, kubectlReal } from './kubectl.scenario.ts';
import { leaders } from './leaders.scenario.ts';
import { mistakes } from './mistakes.scenario.ts';
import { operator } from './operator.scenario.ts';
import { others } from './others.scenario.ts';
import { ownImage } from './own-image.scenario.ts';
import { ownership } from './ownership.scenario.ts';
import { parallel } from './parallel.scenario.ts';
import { place } from './place.scenario.ts';
import { pods } from './pods.scenario.ts';
import type { RealCluster } from './real-cluster.ts';
import { realRefusals, refusals } from './refusals.scenario.ts';
import { rollouts } from './rollouts.scenario.ts';
import { stateful } from './stateful.scenario.ts';
import { story } from './story.scenario.ts';
import { targets } from './targets.scenario.ts';
import { when } from './when.scenario.ts';

/** With Deployments only: for the sandbox and for a real control plane. */
export const EVERYWHERE: readonly Scenario[] = [
  story,
  targets,
  refusals,
  mistakes,
  dependencies,
  evaluated,
  pods,
  parallel,
  place,
  ownImage,
  when,
  others,
  operator,
  leaders,
  rollouts,
  held,
  explaining,
  kubectl,
];

/** What the sandbox does not play: other workloads, and the API server's own evaluation. */
export const REAL_ONLY: readonly Scenario<RealCluster>[] = [
  kubectlReal,
  realRefusals,
  stateful,
  ownership,
  evaluatedReal,
  evaluatedBuiltIn,
  explainingReal,
];

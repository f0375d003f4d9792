import type { Observation } from '../model.ts';
import type { Evaluation } from './evaluation.ts';

/** Why nothing can be said of an object. */
export function unseen(observation: Observation, what: string): Evaluation {
  switch (observation.is) {
    case 'absent':
      return { is: 'waiting', reason: 'NotFound', answer: `${what} does not exist` };
    case 'unknown kind':
      return { is: 'waiting', reason: 'KindNotServed', answer: observation.message };
    case 'forbidden':
      return { is: 'waiting', reason: 'Forbidden', answer: observation.message };
    case 'undiscoverable':
      return { is: 'waiting', reason: 'DiscoveryForbidden', answer: observation.message };
    default:
      return unlooked(what, observation);
  }
}

function unlooked(what: string, observation: Observation): Evaluation {
  const answer = `${what} has not been looked at yet`;
  return observation.is === 'unseen' && observation.problem !== undefined
    ? { is: 'unknown', reason: 'WatchFailed', answer: `${answer}: ${observation.problem}` }
    : { is: 'unknown', reason: 'NotObserved', answer };
}

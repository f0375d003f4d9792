import type { Sighting } from '../model.ts';
import type { Judgement } from './judgement.ts';

/** Why nothing can be said of an object. */
export function unseen(sighting: Sighting, what: string): Judgement {
  switch (sighting.is) {
    case 'absent':
      return { is: 'waiting', reason: 'NotFound', answer: `${what} does not exist` };
    case 'unknown kind':
      return { is: 'waiting', reason: 'KindNotServed', answer: sighting.message };
    case 'forbidden':
      return { is: 'waiting', reason: 'Forbidden', answer: sighting.message };
    case 'undiscoverable':
      return { is: 'waiting', reason: 'DiscoveryForbidden', answer: sighting.message };
    default:
      return unlooked(what, sighting);
  }
}

function unlooked(what: string, sighting: Sighting): Judgement {
  const answer = `${what} has not been looked at yet`;
  return sighting.is === 'unseen' && sighting.problem !== undefined
    ? { is: 'unknown', reason: 'WatchFailed', answer: `${answer}: ${sighting.problem}` }
    : { is: 'unknown', reason: 'NotObserved', answer };
}

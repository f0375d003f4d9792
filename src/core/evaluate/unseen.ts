import type { Sighting } from '../model.ts';
import type { Judgement } from './judgement.ts';

/** Why nothing can be said of an object. */
export function unseen(sighting: Sighting, what: string): Judgement {
  switch (sighting.is) {
    case 'absent':
      return { is: 'waiting', answer: `${what} does not exist` };
    case 'unknown kind':
    case 'forbidden':
      return { is: 'waiting', answer: sighting.message };
    default:
      return { is: 'unknown', answer: unlooked(what, sighting) };
  }
}

const UNLOOKED = ' has not been looked at yet';

function unlooked(what: string, sighting: Sighting): string {
  const problem = sighting.is === 'unseen' && sighting.problem !== undefined ? `: ${sighting.problem}` : '';
  return `${what}${UNLOOKED}${problem}`;
}

/** There is nothing in it to hold to: the next answer may tell more. */
export function isUnlooked(answer: string): boolean {
  return answer.includes(UNLOOKED);
}

/** Whether it says, too, with which words the API server fails. */
export function isUnserved(answer: string): boolean {
  return answer.includes(`${UNLOOKED}: `);
}

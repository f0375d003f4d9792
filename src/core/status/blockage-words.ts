import type { DependencyStatus } from '../../api/status.ts';
import { namesInWords } from '../names-in-words.ts';

/**
 * What keeps Pods, and why: `api blocks 2 (Service api does not exist)`. Dependencies that share a container keep the same
 * Pods, and where one thing is to be said of several it is said once.
 */
export function blockages(dependencies: readonly DependencyStatus[]): string[] {
  const blocking = dependencies.filter(({ blocked }) => blocked > 0);
  const groups = Map.groupBy(blocking, (one) =>
    JSON.stringify([one.blockedPods ?? one.name, one.blocked, whyOf(one)]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const why = whyOf(first);
    const verb = group.length === 1 ? 'blocks' : 'block';
    const which = namesInWords(group.map(({ name }) => name));
    return `${which} ${verb} ${first.blocked}${why === undefined ? '' : ` (${why})`}`;
  });
}

/** What keeps the container from running comes before what it would be asking. */
function whyOf({ message, answer }: DependencyStatus): string | undefined {
  return message ?? answer;
}

import { ALL_DEPENDENCIES, containerName, containerOwner, openAnnotation } from '../../api/names.ts';
import type { Pod } from '../model.ts';

/** A dependency of a gate in a Pod, and what waits for it there. */
export interface DependencyPlace {
  readonly gate: string;
  readonly dependency: string;
  /** The name of the container. */
  readonly container: string;
  /** Whether that container waits for others too (`order: Parallel`). */
  readonly isShared: boolean;
  /** The annotations that open it: its own, and where the container is shared, the one for all in there. */
  readonly keys: readonly string[];
}

type Contents = Pick<Pod, 'contents'>;

/** The dependencies of a gate in a Pod, in the order of their containers. */
export function placesOf({ contents }: Contents, gate: string): DependencyPlace[] {
  return contents.flatMap(({ name }) =>
    containerOwner(name)?.gate === gate ? placesIn({ contents }, name) : [],
  );
}

/** Those that one container waits for; none where it is no gate's. */
export function placesIn({ contents }: Contents, container: string): DependencyPlace[] {
  const owner = containerOwner(container);
  if (!owner) return [];
  const { gate } = owner;
  const shared = contents.find(({ name }) => name === container)?.waitsFor;
  if (!shared) return [placeAlone(gate, owner.dependency)];
  const all = openAnnotation(gate, ALL_DEPENDENCIES);
  return shared.map((dependency) => {
    const keys = [openAnnotation(gate, dependency), all];
    return { gate, dependency, container, isShared: true, keys };
  });
}

/** Where a dependency is in a Pod; where the Pod has none of that name, in a container of its own. */
export function placeOf(pod: Contents, gate: string, dependency: string): DependencyPlace {
  const found = placesOf(pod, gate).find((place) => place.dependency === dependency);
  return found ?? placeAlone(gate, dependency);
}

function placeAlone(gate: string, dependency: string): DependencyPlace {
  const container = containerName(gate, dependency);
  return { gate, dependency, container, isShared: false, keys: [openAnnotation(gate, dependency)] };
}

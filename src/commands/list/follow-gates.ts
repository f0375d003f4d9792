import { plain } from '../../api/plain.ts';
import type { Gate } from '../../core/model.ts';
import type { Requests } from '../../kube/client/requests.ts';
import { systemClock } from '../../kube/clock.ts';
import type { ObjectKey } from '../../kube/object.ts';
import { Reflector } from '../../kube/watch/reflector.ts';
import { Store } from '../../kube/watch/store.ts';
import { projectGate } from '../../projections/project-gate.ts';
import { GATES } from '../../projections/resources.ts';
import type { Terminal } from '../terminal.ts';

/**
 * Tells of each gate as it is there and as it changes, undefined once it is gone. A watch that breaks is taken up again,
 * and why it broke goes to standard error.
 */
export function followGates(
  requests: Pick<Requests, 'pages' | 'watch'>,
  namespace: string | undefined,
  { note }: Pick<Terminal, 'note'>,
  onGate: (key: ObjectKey, gate: Gate | undefined) => void,
): Pick<Reflector<Gate>, 'stop'> {
  const store = new Store<Gate>({});
  store.subscribe(({ before, after }) => {
    const gate = after ?? before;
    onGate(gate, after);
  });
  const reflector = new Reflector({
    requests,
    resource: GATES,
    selection: { namespace },
    store,
    project: projectGate,
    clock: systemClock,
    random: Math.random,
    onError: ({ message }) => note(`the watch broke, and is tried again: ${plain(message)}`),
  });
  reflector.start();
  return reflector;
}

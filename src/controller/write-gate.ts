import { FINALIZER, KIND, targetAnnotationValue } from '../api/names.ts';
import type { Gate } from '../core/model.ts';
import type { GateWrite } from '../core/plan/plan.ts';
import { isNotFound } from '../kube/api-error.ts';
import { GATES } from '../projections/resources.ts';
import type { GateMemory } from './gate-memory.ts';
import { ifThere, isRefusal, patch, type Result, tryPatch, type Writing, writePod } from './write.ts';

export interface GateWriting extends Writing {
  readonly memory: Pick<GateMemory, 'denials' | 'renderAccepted' | 'renderRefused' | 'opened'>;
}

/** Makes one write of a gate's reconcile. */
export async function writeGate(writing: GateWriting, write: GateWrite): Promise<Result> {
  switch (write.do) {
    case 'add-finalizer':
      return setFinalizers(writing, write.gate, [...write.gate.finalizers, FINALIZER]);
    case 'remove-finalizer':
      return setFinalizers(
        writing,
        write.gate,
        write.gate.finalizers.filter((name) => name !== FINALIZER),
      );
    case 'try-render':
      return tryRender(writing, write);
    case 'delete-pod':
      return writePod(writing, write);
    case 'open-pod': {
      const result = await writePod(writing, write);
      if (result === 'done')
        writing.memory.opened(write.pod, Object.keys(write.annotations), writing.clock.now());
      return result;
    }
  }
}

/** A JSON merge patch with the resource version as precondition: another's finalizers are never lost. */
function setFinalizers(writing: GateWriting, gate: Gate, finalizers: readonly string[]): Promise<Result> {
  const body = { metadata: { resourceVersion: gate.resourceVersion, finalizers } };
  return ifThere(patch(writing, { resource: GATES, kind: KIND, object: gate }, body, { type: 'merge' }));
}

async function tryRender(
  writing: GateWriting,
  { gate, workload, hash, patch: body }: Extract<GateWrite, { do: 'try-render' }>,
): Promise<Result> {
  const { memory, clock } = writing;
  try {
    await tryPatch(writing, workload, body);
    memory.denials.ended();
    memory.renderAccepted(hash);
    return 'learned';
  } catch (error) {
    if (isNotFound(error)) return 'gone';
    if (!isRefusal(error, writing)) throw error;
    const { kind, name, uid, generation } = workload;
    const target = targetAnnotationValue(kind, name);
    const { message } = error;
    memory.renderRefused({ of: 'render', gate, target, uid, generation, hash, message, at: clock.now() });
    return 'learned';
  }
}

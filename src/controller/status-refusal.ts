import { isForbidden } from '../kube/api-error.ts';
import { type GateReference, idOf } from './reference.ts';

/**
 * Whether the API server lets the operator write the status of gates. Where it does not, all that the operator does comes to
 * nothing: a guard that knows another operator, or rights that it lacks. That holds until a status is accepted, or the
 * gate is gone whose status was refused.
 */
export class StatusRefusal {
  #last: { readonly gate: string; readonly message: string } | undefined;

  /** In the API server's words; undefined while nothing is refused. */
  get message(): string | undefined {
    return this.#last?.message;
  }

  /** Looks at how a status is written. @throws what the write throws */
  async of<T>(gate: GateReference, write: Promise<T>): Promise<T> {
    try {
      const result = await write;
      this.#last = undefined;
      return result;
    } catch (error) {
      if (isForbidden(error)) this.#last = { gate: idOf(gate), message: error.message };
      throw error;
    }
  }

  /** The gate is gone. */
  forget(gate: GateReference): void {
    if (this.#last?.gate === idOf(gate)) this.#last = undefined;
  }
}

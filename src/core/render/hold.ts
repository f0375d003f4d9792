import { gateAnnotation } from '../../api/names.ts';
import type { Pod, TemplateView, Workload } from '../model.ts';

/**
 * The hold: a Pod that was made without a gate that its label `require` names gets a scheduling gate at its birth, and
 * never starts. It is never fixed: its workload replaces it by one made from a template that carries the gates.
 */

/** Whether a gate is named by the template's `require`: it may be still to come, and what it left there is wanted. */
export function requires({ required }: Pick<TemplateView, 'required'>, gate: string): boolean {
  return required.includes(gate);
}

/** Whether Pods of this template are held for the gate. */
export function lacksRequired(template: TemplateView, gate: string): boolean {
  return requires(template, gate) && !(gateAnnotation(gate) in template.annotations);
}

/** Whether a Pod is held for this gate. */
export function isHeldFor(pod: Pod, gate: string): boolean {
  return (
    pod.held && !pod.deleting && pod.required.includes(gate) && !(gateAnnotation(gate) in pod.annotations)
  );
}

/** Whether a Pod is held for any gate: it will never start. */
export function isHeld(pod: Pod): boolean {
  return pod.required.some((gate) => isHeldFor(pod, gate));
}

/**
 * Whether a held Pod is one that this gate replaces: its template carries all that it requires now, so a new Pod would
 * start. Each gate that it lacks acts, since any other may be gone; by the preconditions only one of them succeeds.
 */
export function isHeldInVain(pod: Pod, { template }: Workload, gate: string): boolean {
  return isHeldFor(pod, gate) && gatesLacking(pod, template).length === 0;
}

/** Whether a held Pod is of an older template than the workload's, which carries all that the Pod requires. */
export function isOutdated(pod: Pod, workload: Workload): boolean {
  return pod.required.some((gate) => isHeldInVain(pod, workload, gate));
}

/** The gates that a template requires and does not carry. */
export function gatesNotCarried({ required, annotations }: TemplateView): string[] {
  return required.filter((gate) => !(gateAnnotation(gate) in annotations));
}

/**
 * The gates that a Pod requires and that neither its template carries, nor itself: those came into the Pod at its birth, and
 * will come into the next one.
 */
export function gatesLacking({ required, annotations }: Pod, template: TemplateView): string[] {
  const carriers = [template.annotations, annotations];
  return required.filter((gate) => !carriers.some((carried) => gateAnnotation(gate) in carried));
}

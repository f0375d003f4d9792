import { containerOwner, gateAnnotation } from '../../api/names.ts';
import { drift } from './drift.ts';
import { isInheriting } from './inherit.ts';
import { type Injection, inject, obstacle } from './inject.ts';
import { isUnfit } from './surroundings.ts';
import { type PodTemplate, viewTemplate } from './template.ts';

/**
 * What admission makes of a template that somebody writes. One that is current keeps what others have put into it, unless a
 * container in it is made from another: that is made anew each time, since admission compares no copies. One in
 * which our containers are not valid any more loses them, since nobody could write it otherwise.
 */
export function place(template: PodTemplate, injection: Injection): PodTemplate {
  const view = viewTemplate(template);
  const hindrance = obstacle(view, injection);
  if (hindrance && isUnfit(hindrance)) return withdraw(template, injection.gate);
  if (hindrance) return template;
  const isCurrent = drift(view, injection).length === 0 && !isInheriting(injection.render);
  return isCurrent ? template : inject(template, injection);
}

/** Without the annotation too, so that Pods which require the gate are held. */
function withdraw(template: PodTemplate, gate: string): PodTemplate {
  const { initContainers } = template.spec;
  const { [gateAnnotation(gate)]: _, ...annotations } = template.metadata?.annotations ?? {};
  return {
    ...template,
    metadata: { ...template.metadata, annotations },
    spec: {
      ...template.spec,
      initContainers: initContainers?.filter(({ name }) => containerOwner(name)?.gate !== gate),
    },
  };
}

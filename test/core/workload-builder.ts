import {
  gateAnnotation,
  REMOVED,
  REQUIRE_LABEL,
  requireValue,
  targetAnnotationValue,
  volumeName,
} from '../../src/api/names.ts';
import type { TargetKind } from '../../src/api/spec.ts';
import type { Rest, Workload } from '../../src/core/model.ts';
import { inject } from '../../src/core/render/inject.ts';
import { type PodTemplate, viewTemplate } from '../../src/core/render/template.ts';
import { type GateBuilder, NAMESPACE } from './gate-builder.ts';
import { ago } from './time.ts';

/** A Deployment with one replica and a template of its own: `workload('pinger').own('migrate').carrying(gate)`. */
export const workload = (name: string): WorkloadBuilder => workloadOfKind('Deployment', name);
export const statefulSet = (name: string): WorkloadBuilder =>
  workloadOfKind('StatefulSet', name).with({ updateRevision: `${name}-new` });
export const job = (name: string): WorkloadBuilder => workloadOfKind('Job', name);
export const cronJob = (name: string): WorkloadBuilder =>
  workloadOfKind('CronJob', name).resting('between runs');
export const daemonSet = (name: string): WorkloadBuilder => workloadOfKind('DaemonSet', name);

function workloadOfKind(kind: TargetKind, name: string): WorkloadBuilder {
  const template: PodTemplate = { spec: {} };
  const blank: Workload = {
    kind,
    namespace: NAMESPACE,
    name,
    uid: `uid-of-${name}`,
    ownerUid: '',
    resourceVersion: '200',
    createdAt: ago(7200),
    generation: 1,
    observedGeneration: 1,
    deleting: false,
    rest: undefined,
    replicas: 1,
    updated: 0,
    updates: 'Rolling',
    paused: false,
    lacksPods: false,
    selector: kind === 'Deployment' ? `app=${name}` : '',
    resumedBy: undefined,
    isReleased: false,
    wasReleased: false,
    partition: 0,
    updateRevision: undefined,
    template: viewTemplate(template),
    templateHash: '',
    otherManager: undefined,
    otherWroteAt: '',
    operatorWroteAt: '',
    unreadable: undefined,
  };
  return new WorkloadBuilder(blank, template);
}

/** Each step gives a new builder; `workload` is what has been built so far. */
export class WorkloadBuilder {
  readonly workload: Workload;
  readonly template: PodTemplate;

  constructor(workload: Workload, template: PodTemplate) {
    this.workload = workload;
    this.template = template;
  }

  /** Init containers of the template's own, after all that are there. */
  own(...names: string[]): WorkloadBuilder {
    const before = this.template.spec.initContainers ?? [];
    const initContainers = [...before, ...names.map((name) => ({ name, image: `${name}:1` }))];
    return this.#withTemplate({ ...this.template, spec: { ...this.template.spec, initContainers } });
  }

  /** Somebody else put an init container before all others. */
  putFirst(name: string): WorkloadBuilder {
    const initContainers = [
      { name, image: `${name}:1` },
      ...(this.template.spec.initContainers ?? []).filter((one) => one.name !== name),
    ];
    return this.#withTemplate({ ...this.template, spec: { ...this.template.spec, initContainers } });
  }

  /** Its Pods have this besides: containers, volumes, pull secrets. */
  running(spec: PodTemplate['spec']): WorkloadBuilder {
    return this.#withTemplate({ ...this.template, spec: { ...this.template.spec, ...spec } });
  }

  /** Carries the renders of the gates, as a patch by the operator or admission leaves them. */
  carrying(...gates: GateBuilder[]): WorkloadBuilder {
    const target = targetAnnotationValue(this.workload.kind, this.workload.name);
    const injected = gates.reduce(
      (template, { gate, render }) => inject(template, { gate: gate.name, render, target }),
      this.template,
    );
    return this.#withTemplate(injected);
  }

  /** Somebody took an init container out. */
  without(container: string): WorkloadBuilder {
    const initContainers = this.template.spec.initContainers?.filter(({ name }) => name !== container);
    return this.#withTemplate({ ...this.template, spec: { ...this.template.spec, initContainers } });
  }

  /** Somebody wrote into an init container. */
  overwritten(container: string, fields: object): WorkloadBuilder {
    const initContainers = this.template.spec.initContainers?.map((one) =>
      one.name === container ? { ...one, ...fields } : one,
    );
    return this.#withTemplate({ ...this.template, spec: { ...this.template.spec, initContainers } });
  }

  /** The template's label `require` names gates. */
  requiring(...gates: string[]): WorkloadBuilder {
    const labels = { ...this.template.metadata?.labels, [REQUIRE_LABEL]: requireValue(gates) };
    return this.#withTemplate({ ...this.template, metadata: { ...this.template.metadata, labels } });
  }

  /** The template's annotation says that a gate which it requires was deleted. */
  leftBy(gate: string): WorkloadBuilder {
    const annotations = { ...this.template.metadata?.annotations, [gateAnnotation(gate)]: REMOVED };
    return this.#withTemplate({ ...this.template, metadata: { ...this.template.metadata, annotations } });
  }

  /** The template has a volume of its own under the name of a gate's. */
  foreignVolume(gate: string): WorkloadBuilder {
    return this.volume(volumeName(gate));
  }

  /** The template has no volume of its own but this one. */
  volume(name: string): WorkloadBuilder {
    const volumes = [{ name, emptyDir: {} }];
    return this.#withTemplate({ ...this.template, spec: { ...this.template.spec, volumes } });
  }

  /** Wants and has so many Pods. */
  replicas(replicas: number): WorkloadBuilder {
    const rest = replicas === 0 ? ({ is: 'scaled to zero', message: '' } as const) : undefined;
    return this.with({ rest, replicas });
  }

  /** Wants no Pods and has none. */
  resting(is: Rest['is'], message = ''): WorkloadBuilder {
    return this.with({ rest: { is, message }, replicas: 0 });
  }

  /** Its controller has not seen the last change yet. */
  unobserved(): WorkloadBuilder {
    return this.with({ observedGeneration: this.workload.generation - 1 });
  }

  onDelete(): WorkloadBuilder {
    return this.with({ updates: 'OnDelete' });
  }

  partition(partition: number): WorkloadBuilder {
    return this.with({ partition });
  }

  deleting(): WorkloadBuilder {
    return this.with({ deleting: true });
  }

  with(change: Partial<Workload>): WorkloadBuilder {
    return new WorkloadBuilder({ ...this.workload, ...change }, this.template);
  }

  #withTemplate(template: PodTemplate): WorkloadBuilder {
    return new WorkloadBuilder({ ...this.workload, template: viewTemplate(template) }, template);
  }
}

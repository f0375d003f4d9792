/** What is kept of a Pod template, and of our containers in it: what decides whether it is as it should be. */

/**
 * One of our containers as it stands in a template or a Pod: what decides about waiting, and nothing that others may set
 * without changing that. Values that can be long are fingerprints.
 */
export interface ContainerView {
  readonly name: string;
  /** The last element of its path, with tag and digest: registries are rewritten. */
  readonly image: string;
  /** Fields that are compared as they are; those that are empty are left out. */
  readonly fields: Readonly<Record<string, string>>;
  /** By the names of variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Whole objects that variables come from. */
  readonly envFrom: readonly string[];
  readonly mounts: readonly string[];
  /** Whether it has resources of its own. */
  readonly sized: boolean;
  /** The dependencies of one that waits for several; undefined of any other. */
  readonly waitsFor?: readonly string[];
}

/** The parts of a Pod template that gating is about. */
export interface TemplateView {
  /** Names of the init containers, in their order. */
  readonly initContainers: readonly string[];
  /** What our containers among them are. */
  readonly contents: readonly ContainerView[];
  /** Whether its Pods are for Windows nodes. */
  readonly isWindows: boolean;
  /** Whether resources are set for the Pod as a whole. */
  readonly hasPodResources: boolean;
  /** Its app containers whose names are those of gates' containers. */
  readonly takenNames: readonly string[];
  /** Its app containers by their names, each as the JSON of what a gate's container may be made from: see `inherit.ts`. */
  readonly sources: Readonly<Record<string, string>>;
  /** Names of the secrets that images are pulled with, in their order. */
  readonly pullSecrets: readonly string[];
  /** Names of the volumes, in their order. */
  readonly volumes: readonly string[];
  /** Those of them that have the name of a gate's volume and are of another kind: a user's own. */
  readonly foreignVolumes: readonly string[];
  /** Those of them that are folders of the node. */
  readonly nodeVolumes: readonly string[];
  /** Whether its Pods would be of the quality of service Guaranteed without our containers, by their own containers. */
  readonly guaranteed: boolean;
  /** Names of our containers that leave a Pod Guaranteed. */
  readonly firm: readonly string[];
  /** Annotations of our group: gate annotations and the target annotation. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether the label `dependencygate.dev/gated: "true"` is there. */
  readonly gated: boolean;
  /** The gates that the user's label `dependencygate.dev/require` names. */
  readonly required: readonly string[];
}

/** State of one container, as the kubelet reports it in `.status.initContainerStatuses`. */
export type ContainerState =
  | { readonly is: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly is: 'running'; readonly startedAt: string }
  | {
      readonly is: 'terminated';
      readonly exitCode: number;
      readonly reason: string;
      readonly message: string;
      /** Empty where the kubelet does not know. */
      readonly finishedAt: string;
    };

/** Whether a container waits for an image that the kubelet has tried to pull in vain, by the kubelet's reason. */
export function isUnpullable(reason: string): boolean {
  return /^(ErrImage|Image|InvalidImage|RegistryUnavailable|SignatureValidation)/.test(reason);
}

/** A container and its state, as far as the kubelet has reported. */
export interface ContainerStatus {
  readonly name: string;
  readonly restarts: number;
  readonly state: ContainerState;
  /** The run before the current one: where a container that failed and is restarted says why. */
  readonly last: Extract<ContainerState, { is: 'terminated' }> | undefined;
}

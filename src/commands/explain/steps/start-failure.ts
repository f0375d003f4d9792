import type { ExplainWorld } from '../explain-world.ts';
import { kubectl, type Step, step } from './step.ts';

/** The kubelet's words for a container whose program was never started. */
const START_FAILURES = ['StartError', 'ContainerCannotRun', 'RunContainerError', 'CreateContainerError'];

export function isStartFailure(reason: string | undefined): boolean {
  return START_FAILURES.includes(reason ?? '');
}

/** The kubelet and the container runtime have no words for programs for these: what they say is all that tells. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /argument list too long/i,
    'what it is given as arguments and environment is more than the kernel takes, 128 KiB for one of them: give the check less, such as only the certificates that it needs',
  ],
  [/exec format error/i, "the image is for another architecture than that of the Pod's node"],
  [
    /no such file or directory|executable file not found/i,
    'the image does not have the program that is to run',
  ],
  [
    /run as root|non-root|runAsNonRoot/i,
    'the Pod may not run as root, and the image would: give it a user id',
  ],
];

/** The image is there, and its program cannot be started: a restart alone helps only where the cause is of the node. */
export function startFailure(
  world: ExplainWorld,
  dependency: string,
  said: string,
  pods: readonly string[],
): Step {
  const [, cause] = CAUSES.find(([pattern]) => pattern.test(said)) ?? [];
  return step(
    `${dependency}: the container cannot start: ${cause === undefined ? said : `${cause} (${said})`}. The kubelet tries again by itself, with growing pauses.`,
    ...pods.slice(0, 1).map((pod) => kubectl(world, `describe pod ${pod}`)),
  );
}

/** Whether what keeps a container from being made is a Secret or ConfigMap, of all that has that one reason. */
export function isOfReference(said: string): boolean {
  return /secret|configmap|key/i.test(said);
}

/** What a typed check ends with, other than what it was made for. */
const EXITS: ReadonlyMap<number, string> = new Map([
  [2, 'The image may be older than the operator.'],
  [137, 'It was killed from outside: see whether its node is short of memory.'],
]);

/** The waiter's words for an address in a Secret or ConfigMap that is none. */
const USELESS_VALUE = /key \S+ of (Secret|ConfigMap) \S+ holds/;

export function exitWords(exitCode: number | undefined, said: string): string | undefined {
  if (USELESS_VALUE.test(said))
    return 'Correct it there, or name another key in the gate: the kubelet starts the container again, after five minutes at most, with what the key holds then.';
  return exitCode === undefined ? undefined : EXITS.get(exitCode);
}

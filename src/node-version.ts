/** The oldest Node that everything but the waiter runs on: undici, below the Kubernetes client, needs it. */
const OLDEST = 24;

/**
 * Why the command cannot run on this Node, and what to do; undefined when it can. On an older one it would end with an
 * error from the midst of a library.
 *
 * @param version `process.versions.node`
 */
export function nodeProblem(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= OLDEST) return undefined;
  return `this is Node ${version}, and Node ${OLDEST} or newer is needed: install it, or run the command from the image`;
}

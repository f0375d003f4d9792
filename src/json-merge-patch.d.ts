/** RFC 7396. The package has no types of its own. */
declare module 'json-merge-patch' {
  /** The patch that turns `before` into `after`; undefined when they are equal. */
  export function generate(before: unknown, after: unknown): unknown;
  /** Applies a patch; may change and return `target` itself. */
  export function apply(target: unknown, patch: unknown): unknown;
}

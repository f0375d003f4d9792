/** `apps` of `apps/v1`; empty for the core group's `v1`. */
export function groupOf(apiVersion: string): string {
  const end = apiVersion.indexOf('/');
  return end < 0 ? '' : apiVersion.slice(0, end);
}

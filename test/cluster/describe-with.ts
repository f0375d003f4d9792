import { meets, type Need, versionUnderTest } from './versions.ts';

/**
 * A suite for the releases of Kubernetes that have what it needs. On others there is no such suite: it is neither run nor
 * counted as skipped, and the output says so.
 */
export function describeWith(need: Need, title: string, suite: (this: Mocha.Suite) => void): void {
  const version = versionUnderTest();
  if (meets(version, need)) describe(title, suite);
  else console.log(`NOT ON ${version}: "${title}" needs ${need.what}, there from 1.${need.from} on`);
}

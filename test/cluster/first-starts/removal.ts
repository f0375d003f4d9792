import type { GatedCluster } from './cluster.ts';

export const NAMESPACE = 'dependency-gate-system';
export const CRD = 'crd/dependencygates.dependencygate.dev';

/** The parts of an uninstall, each with the real kubectl. */
export function removal(on: () => GatedCluster) {
  const kubectl = (...args: readonly string[]) => on().controlPlane.kubectl(args);
  return {
    kubectl,
    remove: (folder: string) => kubectl('delete', '-k', folder, '--ignore-not-found'),
    /** The operator's Pod is in that namespace. */
    removeOperator: async () => {
      await on().operator.stop();
      await kubectl('delete', 'namespace', NAMESPACE);
    },
    removeGates: (...more: readonly string[]) =>
      kubectl('delete', 'dependencygates', '--all', '--all-namespaces', ...more),
    /** Takes the finalizers off by hand, as troubleshooting.md has it. */
    letGo: async () => {
      const names = '--output=jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}';
      const lines = (await kubectl('get', 'dependencygates', '--all-namespaces', names)).trim().split('\n');
      for (const [namespace = '', name = ''] of lines.map((line) => line.split(' '))) {
        const patch = '--patch={"metadata":{"finalizers":null}}';
        await kubectl('patch', 'dependencygate', name, `--namespace=${namespace}`, '--type=merge', patch);
      }
    },
  };
}

import { Document, isMap, isSeq } from 'yaml';
import { API_VERSION, KIND } from '../../api/names.ts';
import { targetKind } from '../../api/settled.ts';
import type { Target } from '../../api/spec.ts';
import { objectsIn } from '../render/kubernetes-objects.ts';
import { parseDocuments, type TextSource } from '../render/yaml/documents.ts';
import { type Proposal, propose } from './propose.ts';
import { type WorkloadWaits, waitsOf } from './workload-waits.ts';

/**
 * Reads manifests and proposes gates for the init containers that wait in ways that are known. Whatever is not understood
 * stays where it is, and a comment says why.
 *
 * @returns YAML: gates with comments; comments alone where there is nothing to propose
 */
export function convertSources(sources: readonly TextSource[]): string {
  const objects = sources.flatMap(parseDocuments).flatMap(objectsIn);
  const workloads = objects.map(waitsOf).filter((one) => one !== undefined);
  if (workloads.length === 0) return '# There is no workload with init containers in the input.\n';
  const left = workloads.flatMap(leftIn);
  return [...propose(workloads).map(format), ...(left.length > 0 ? [leftAlone(left)] : [])].join('---\n');
}

function leftIn({ target, waits }: WorkloadWaits): string[] {
  return waits.flatMap(({ container, recognized }) =>
    recognized.is === 'left' ? [`${nameOf(target)}, ${container}: ${recognized.why}`] : [],
  );
}

function leftAlone(lines: readonly string[]): string {
  return comment(['Init containers that stay where they are:', ...lines.map((line) => `  ${line}`)]);
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}

function nameOf(target: Target): string {
  return `${targetKind(target)} ${target.name}`;
}

function format({ name, namespace, targets, dependencies, replaced, problems }: Proposal): string {
  const document = new Document({
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { targets, dependencies: dependencies.map(({ dependency }) => dependency) },
  });
  const items = document.getIn(['spec', 'dependencies']);
  if (!isSeq(items)) throw new TypeError('dependencies are a list');
  for (const [index, item] of items.items.entries()) {
    if (isMap(item))
      item.commentBefore = (dependencies[index]?.comments ?? []).map((line) => ` ${line}`).join('\n');
  }
  const head = [
    `Take these init containers out of ${targets.map(nameOf).join(', ')} when the gate is in force: ${replaced.join(', ')}`,
    ...problems.map((problem) => `To be corrected: ${problem}`),
  ];
  return comment(head) + document.toString({ lineWidth: 0 });
}

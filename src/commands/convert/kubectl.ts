import type { Check } from './converted-check.ts';
import { Unclear } from './init-container.ts';
import { parse, unknown } from './options.ts';

const KINDS: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  deploy: ['apps/v1', 'Deployment'],
  deployment: ['apps/v1', 'Deployment'],
  sts: ['apps/v1', 'StatefulSet'],
  statefulset: ['apps/v1', 'StatefulSet'],
  ds: ['apps/v1', 'DaemonSet'],
  daemonset: ['apps/v1', 'DaemonSet'],
  job: ['batch/v1', 'Job'],
  pod: ['v1', 'Pod'],
  pvc: ['v1', 'PersistentVolumeClaim'],
};
const NO_TOKEN =
  'the operator evaluates it: the Pod needs no ServiceAccount token and no permissions for it any more';

/** `kubectl wait --for=condition=complete job/NAME`, `kubectl rollout status deployment/NAME`. */
export function kubectl(args: readonly string[]): Check[] {
  const { words, options } = parse(args, '--for --timeout -n --namespace', '-w --watch');
  if (options.has('-n') || options.has('--namespace'))
    throw new Unclear("an object of a namespace that is named may not be the gate's");
  const [verb, ...rest] = words[0] === 'rollout' ? words.slice(1) : words;
  const [type = '', name = ''] = rest.length === 1 ? (rest[0] ?? '').split('/') : rest;
  const [apiVersion, kind] = KINDS[type.replace(/s$|\..*$/g, '')] ?? KINDS[type] ?? [];
  if (
    !['wait', 'status'].includes(verb ?? '') ||
    apiVersion === undefined ||
    kind === undefined ||
    name === ''
  )
    return unknown(`kubectl ${words.join(' ')}`);
  const condition = /^condition=(\w+)/.exec(options.get('--for') ?? '')?.[1];
  const own = { Complete: 'Job', Ready: 'Pod', Available: 'Deployment' }[titled(condition ?? '')];
  return [
    {
      check: {
        resource: {
          ...{ apiVersion, kind, name },
          ...(condition !== undefined && own !== kind && { condition: { type: titled(condition) } }),
        },
      },
      remarks: [NO_TOKEN, ...(kind === 'Job' ? [OLD_JOB] : [])],
    },
  ];
}

const OLD_JOB =
  'a Job of this name that an earlier release left counts too: put the release in its name, or make it anew for each';

function titled(word: string): string {
  return word === '' ? '' : `${word[0]?.toUpperCase()}${word.slice(1)}`;
}

/** `k8s-wait-for job NAME`; Pods are selected by labels, which a gate has no words for. */
export function waitForKubernetes([what, ...args]: readonly string[]): Check[] {
  const [name, ...more] = args;
  if (name === undefined || more.length > 0 || name.startsWith('-')) return unknown(`k8s-wait-for ${what}`);
  if (what === 'service') return [{ check: { service: { name } }, remarks: [NO_TOKEN] }];
  if (what !== 'job' && what !== 'job-wr') return unknown(`k8s-wait-for ${what}`);
  return [
    { check: { resource: { apiVersion: 'batch/v1', kind: 'Job', name } }, remarks: [NO_TOKEN, OLD_JOB] },
  ];
}

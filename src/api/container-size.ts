import type { ContainerCheck, EnvSource, EnvVar, VolumeMount } from './container-check.ts';

/**
 * How many characters a `container` check has, twice: as CEL over `self` and as a function. A character is a code
 * point, as in CEL's `size`, not a UTF-16 unit.
 */
export const CONTAINER_SIZE_CEL = [
  ifPresent('self.image', 'size(self.image)'),
  ifPresent('self.from', 'size(self.from)'),
  ifPresent('self.workingDir', 'size(self.workingDir)'),
  ifPresent('self.command', 'self.command.map(word, size(word)).sum()'),
  ifPresent('self.args', 'self.args.map(word, size(word)).sum()'),
  ifPresent('self.env', `self.env.map(e, ${envVarSizeCel()}).sum()`),
  ifPresent('self.envFrom', `self.envFrom.map(e, ${envSourceSizeCel()}).sum()`),
  ifPresent('self.volumeMounts', `self.volumeMounts.map(m, ${mountSizeCel()}).sum()`),
].join(' + ');

export function containerSize(container: ContainerCheck): number {
  const {
    image = '',
    from = '',
    workingDir = '',
    command = [],
    args = [],
    env = [],
    envFrom = [],
    volumeMounts = [],
  } = container;
  return characters([
    ...[image, from, workingDir, ...command, ...args],
    ...[...env.flatMap(strings), ...envFrom.flatMap(sourceStrings), ...volumeMounts.flatMap(mountStrings)],
  ]);
}

/** How many characters strings have together. */
export function characters(strings: readonly string[]): number {
  return strings.reduce((sum, string) => sum + [...string].length, 0);
}

function strings({ name, value = '', valueFrom = {} }: EnvVar): string[] {
  const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  const keys = [secretKeyRef, configMapKeyRef].flatMap((ref) => (ref ? [ref.name, ref.key] : []));
  return [name, value, fieldRef?.fieldPath ?? '', ...keys];
}

function sourceStrings({ prefix = '', configMapRef, secretRef }: EnvSource): string[] {
  return [prefix, configMapRef?.name ?? '', secretRef?.name ?? ''];
}

function mountStrings({ name, mountPath, subPath = '' }: VolumeMount): string[] {
  return [name, mountPath, subPath];
}

function envSourceSizeCel(): string {
  return ['prefix', 'configMapRef.name', 'secretRef.name']
    .map((path) => ifPresent(`e.${path.split('.')[0]}`, `size(e.${path})`))
    .join(' + ');
}

function mountSizeCel(): string {
  return ['size(m.name)', 'size(m.mountPath)', ifPresent('m.subPath', 'size(m.subPath)')].join(' + ');
}

function envVarSizeCel(): string {
  const key = (ref: string) => ifPresent(ref, `size(${ref}.name) + size(${ref}.key)`);
  const source = [
    ifPresent('e.valueFrom.fieldRef', 'size(e.valueFrom.fieldRef.fieldPath)'),
    key('e.valueFrom.secretKeyRef'),
    key('e.valueFrom.configMapKeyRef'),
  ];
  return [
    'size(e.name)',
    ifPresent('e.value', 'size(e.value)'),
    ifPresent('e.valueFrom', source.join(' + ')),
  ].join(' + ');
}

/** With `has()`, not `?.orValue()`: the API server's cost estimate loses the bounds of what that returns. */
function ifPresent(path: string, size: string): string {
  return `(has(${path}) ? ${size} : 0)`;
}

import type { Check } from './converted-check.ts';
import type { InitContainer } from './init-container.ts';
import { Unclear } from './init-container.ts';

/** Images whose entry point is a program that waits, by the last part of their names. */
const PROGRAMS: readonly (readonly [image: RegExp, program: string])[] = [
  [/(^|\/)wait4x(:|@|$)/, 'wait4x'],
  [/(^|\/)dockerize(:|@|$)/, 'dockerize'],
  [/(^|\/)k8s-wait-for(:|@|$)/, 'k8s-wait-for'],
];

/** The program that an image runs where a container names none. */
export function imageProgram(image: string): string | undefined {
  return PROGRAMS.find(([name]) => name.test(image))?.[1];
}

/**
 * OpenStack's kubernetes-entrypoint is told by variables what it waits for: names with commas between, each with a
 * namespace before a colon where it is another one.
 */
export function entrypointChecks({ image, env }: InitContainer): Check[] | undefined {
  if (!/(^|\/)kubernetes-entrypoint(:|@|$)/.test(image)) return undefined;
  const listed = (name: string) =>
    (env.find((one) => one.name === name)?.value ?? '').split(',').flatMap((one) => one.trim() || []);
  const others = [
    'DEPENDENCY_POD_JSON',
    'DEPENDENCY_CUSTOM_RESOURCE',
    'DEPENDENCY_CONFIG',
    'DEPENDENCY_SOCKET',
  ];
  const told = others.find((name) => listed(name).length > 0);
  if (told !== undefined) throw new Unclear(`${told} is not understood`);
  const checks = [
    ...listed('DEPENDENCY_SERVICE').map((one) => ({ service: { name: nameIn(one) } })),
    ...listed('DEPENDENCY_JOBS').map((one) => resource('batch/v1', 'Job', one)),
    ...listed('DEPENDENCY_DAEMONSET').map((one) => resource('apps/v1', 'DaemonSet', one)),
  ];
  if (checks.length === 0) throw new Unclear('no variable says what it waits for');
  return checks.map((check) => ({ check, remarks: [] }));
}

function resource(apiVersion: string, kind: string, name: string) {
  return { resource: { apiVersion, kind, name: nameIn(name) } };
}

function nameIn(name: string): string {
  if (name.includes(':'))
    throw new Unclear(`${name} is in another namespace, where the operator evaluates nothing`);
  return name;
}

import type { GrpcCheck, HttpCheck, HttpHeader, TcpCheck } from './checks.ts';
import { CONTAINER_RULES, type ContainerPlaces } from './container-rules.ts';
import { characters } from './container-size.ts';
import { DEFAULT_TARGET_KIND } from './defaults.ts';
import type { ResourceCheck } from './evaluated-checks.ts';
import type { Resources } from './fields.ts';
import type { KeySource } from './key-source.ts';
import {
  ALL_DEPENDENCIES,
  CONTAINER_PREFIX,
  CONTAINER_SEPARATOR,
  containerOwner,
  GROUP,
  MAX_GATE_AND_DEPENDENCY_LENGTH,
} from './names.ts';
import type { PodMatch, Selector } from './pod-match.ts';
import { kindOf } from './policies/workloads.ts';
import { isWithinLimits, WITHIN_LIMITS_CEL } from './quantity.ts';
import { lookRules, podMatchRules, selectorRules } from './resource-rules.ts';
import { anyOf, distinct, either, exactlyOne, KEY_SOURCES, present, type Rule } from './rule.ts';
import { targetKind } from './settled.ts';
import { CHECKS, type Dependency, type GateSpec, JUDGED_CHECKS, type Timing } from './spec.ts';
import { LABEL } from './text-rules.ts';
import type { Tls } from './tls.ts';

/** What a schema cannot say about a gate: one list. The tests hold the two forms of each rule to each other. */

/** As much of a gate as rules look at. CEL sees nothing of the metadata but the name. */
export interface RuledGate {
  readonly metadata: { readonly name: string };
  readonly spec: GateSpec;
}

/** Where rules stand: the paths of the schema, `[]` for a list's items. */
export interface Places extends ContainerPlaces {
  readonly '': RuledGate;
  readonly spec: GateSpec;
  readonly 'spec.targets': GateSpec['targets'];
  readonly 'spec.dependencies': GateSpec['dependencies'];
  readonly 'spec.waiter.imagePullSecrets': NonNullable<NonNullable<GateSpec['waiter']>['imagePullSecrets']>;
  readonly 'spec.waiter.resources': Resources;
  readonly 'spec.dependencies[]': Dependency;
  readonly 'spec.dependencies[].tcp': TcpCheck;
  readonly 'spec.dependencies[].tcp.hostFrom': KeySource;
  readonly 'spec.dependencies[].tcp.portFrom': KeySource;
  readonly 'spec.dependencies[].http': HttpCheck;
  readonly 'spec.dependencies[].http.urlFrom': KeySource;
  readonly 'spec.dependencies[].http.headers[]': HttpHeader;
  readonly 'spec.dependencies[].http.tls': Tls;
  readonly 'spec.dependencies[].http.tls.caFrom': KeySource;
  readonly 'spec.dependencies[].grpc': GrpcCheck;
  readonly 'spec.dependencies[].grpc.hostFrom': KeySource;
  readonly 'spec.dependencies[].grpc.portFrom': KeySource;
  readonly 'spec.dependencies[].grpc.tls': Tls;
  readonly 'spec.dependencies[].grpc.tls.caFrom': KeySource;
  readonly 'spec.dependencies[].resource': ResourceCheck;
  readonly 'spec.dependencies[].resource.selector': Selector;
  readonly 'spec.dependencies[].resource.matchPod': PodMatch;
  readonly 'spec.dependencies[].container.resources': Resources;
}

export type Place = keyof Places;

const TIMING_FIELDS = [
  'periodSeconds',
  'timeoutSeconds',
  'successThreshold',
  'overdueAfterSeconds',
  'onOverdue',
] as const satisfies readonly (keyof Timing)[];
/** How an attempt is made: what is evaluated from watches makes none. */
const ATTEMPT_FIELDS = [
  'periodSeconds',
  'timeoutSeconds',
  'successThreshold',
] as const satisfies readonly (keyof Timing)[];

/** A gate whose dependencies share a container has at most so many characters in its name. */
const MAX_PARALLEL_GATE_LENGTH = MAX_GATE_AND_DEPENDENCY_LENGTH - ALL_DEPENDENCIES.length;

const tlsRules: readonly Rule<Tls>[] = [
  {
    cel: '!has(self.caFrom) || !has(self.insecureSkipVerify) || !self.insecureSkipVerify',
    message: 'caFrom has no meaning where no certificate is verified: remove caFrom or insecureSkipVerify',
    holds: ({ caFrom, insecureSkipVerify }) => caFrom === undefined || insecureSkipVerify !== true,
  },
];

const keySourceRules: readonly Rule<KeySource>[] = [
  {
    cel: exactlyOne(KEY_SOURCES),
    message: `set exactly one of ${either(KEY_SOURCES, 'and')}`,
    holds: (source) => present(source, KEY_SOURCES) === 1,
  },
];

const addressRules: readonly Rule<Pick<TcpCheck, 'host' | 'hostFrom' | 'port' | 'portFrom'>>[] = [
  {
    cel: 'has(self.host) != has(self.hostFrom)',
    message: 'set exactly one of host and hostFrom',
    holds: (check) => present(check, ['host', 'hostFrom']) === 1,
  },
  {
    cel: 'has(self.port) != has(self.portFrom)',
    message: 'set exactly one of port and portFrom',
    holds: (check) => present(check, ['port', 'portFrom']) === 1,
  },
];

const resourcesRules: readonly Rule<Resources>[] = [
  {
    cel: WITHIN_LIMITS_CEL,
    message:
      'requests are more than limits, and no target could be written with that: set lower requests or higher limits',
    holds: isWithinLimits,
  },
];

export const RULES: { readonly [P in Place]: readonly Rule<Places[P]>[] } = {
  '': [
    {
      cel: `self.metadata.name.matches('${LABEL.source}') && !self.metadata.name.contains('--')`,
      message:
        "the gate's name becomes part of container names: choose one of lower-case letters, digits and single hyphens, without dots",
      field: ['metadata', 'name'],
      holds: ({ metadata: { name } }) => LABEL.test(name) && !name.includes('--'),
    },
    {
      cel: `self.spec.dependencies.all(d, size(self.metadata.name) + size(d.name) <= ${MAX_GATE_AND_DEPENDENCY_LENGTH})`,
      message: `the gate's name and a dependency's name have at most ${MAX_GATE_AND_DEPENDENCY_LENGTH} characters together: shorten one of them`,
      field: ['metadata', 'name'],
      holds: ({ metadata, spec }) =>
        spec.dependencies.every(
          (dependency) => characters([metadata.name, dependency.name]) <= MAX_GATE_AND_DEPENDENCY_LENGTH,
        ),
    },
    {
      cel: `!has(self.spec.order) || self.spec.order != 'Parallel' || size(self.metadata.name) <= ${MAX_PARALLEL_GATE_LENGTH}`,
      message: `with order: Parallel the gate's name has at most ${MAX_PARALLEL_GATE_LENGTH} characters, since its container is named dgate-<gate>--${ALL_DEPENDENCIES}: shorten it, or use Sequential`,
      field: ['metadata', 'name'],
      holds: ({ metadata, spec }) =>
        spec.order !== 'Parallel' || characters([metadata.name]) <= MAX_PARALLEL_GATE_LENGTH,
    },
    {
      cel: 'self.spec.dependencies.all(d, !has(d.gate) || d.gate.name != self.metadata.name)',
      message: 'a gate that waits for itself never opens: use another gate',
      field: ['spec', 'dependencies'],
      holds: ({ metadata, spec }) => spec.dependencies.every(({ gate }) => gate?.name !== metadata.name),
    },
  ],
  spec: [
    {
      cel: "!has(self.open) || self.open.all(o, self.dependencies.exists(d, (o == '*' || d.name == o) && !has(d.container)))",
      message:
        'open names dependencies of this gate, or * for all, and no container, which cannot see it: remove what is neither',
      field: ['open'],
      holds: ({ open = [], dependencies }) =>
        open.every((opened) =>
          dependencies.some(({ name, container }) => (opened === '*' || name === opened) && !container),
        ),
    },
    {
      cel: "!has(self.when) || self.when != 'Rollout' || self.dependencies.all(d, !has(d.container))",
      message:
        'with when: Rollout Pods are opened by an annotation, which a container cannot see: give the container a gate of its own, or use EveryStart',
      field: ['when'],
      holds: ({ when, dependencies }) =>
        when !== 'Rollout' || dependencies.every(({ container }) => container === undefined),
    },
    {
      cel: `!has(self.order) || self.order != 'Parallel' || self.dependencies.all(d, d.name != '${ALL_DEPENDENCIES}')`,
      message: `with order: Parallel ${ALL_DEPENDENCIES} is the name of the container that all dependencies share: rename that dependency, or use Sequential`,
      field: ['order'],
      holds: ({ order, dependencies }) =>
        order !== 'Parallel' || dependencies.every(({ name }) => name !== ALL_DEPENDENCIES),
    },
    {
      cel: "!has(self.placement) || self.placement != 'Pod' || !has(self.updatePolicy) || self.updatePolicy != 'OnNextRollout'",
      message:
        'with placement: Pod the containers come with each new Pod, and there is no rollout to wait for: remove updatePolicy, or use placement: Template',
      field: ['updatePolicy'],
      holds: ({ placement, updatePolicy }) => placement !== 'Pod' || updatePolicy !== 'OnNextRollout',
    },
    {
      cel: `!has(self.after) || !self.after.matches('^${CONTAINER_PREFIX}.*${CONTAINER_SEPARATOR}')`,
      message:
        "after names an init container of the targets' own, and this is one of a gate: gates are sorted by their names, so name a container of the target, or remove after",
      field: ['after'],
      holds: ({ after }) => after === undefined || containerOwner(after) === undefined,
    },
  ],
  'spec.targets': [
    {
      cel: `self.all(a, self.exists_one(b, a.name == b.name && ${kindOf('a')} == ${kindOf('b')}))`,
      message: `a target is named twice (the kind is ${DEFAULT_TARGET_KIND} where none is given): remove one of the two`,
      holds: (targets) => distinct(targets.map((target) => `${targetKind(target)}/${target.name}`)),
    },
  ],
  'spec.dependencies': [
    {
      cel: 'self.all(a, self.exists_one(b, a.name == b.name))',
      message: 'two dependencies have the same name: rename one of them',
      holds: (dependencies) => distinct(dependencies.map(({ name }) => name)),
    },
  ],
  'spec.waiter.imagePullSecrets': [
    {
      cel: 'self.all(a, self.exists_one(b, a.name == b.name))',
      message: 'a Secret is named twice: remove one of the two',
      holds: (secrets) => distinct(secrets.map(({ name }) => name)),
    },
  ],
  'spec.waiter.resources': resourcesRules,
  'spec.dependencies[]': [
    {
      cel: exactlyOne(CHECKS),
      message: `set exactly one of ${either(CHECKS, 'and')}; for several checks make several dependencies`,
      holds: (dependency) => present(dependency, CHECKS) === 1,
    },
    {
      cel: `!has(self.container) || !(${anyOf(TIMING_FIELDS)})`,
      message: `a container decides itself how often and how long it tries: remove ${either(TIMING_FIELDS, 'and')}`,
      holds: (dependency) => dependency.container === undefined || present(dependency, TIMING_FIELDS) === 0,
    },
    {
      cel: `!(${anyOf(JUDGED_CHECKS)}) || !(${anyOf(ATTEMPT_FIELDS)})`,
      message: `the operator watches ${either(JUDGED_CHECKS, 'and')} and makes no attempts: remove ${either(ATTEMPT_FIELDS, 'and')}`,
      holds: (dependency) =>
        present(dependency, JUDGED_CHECKS) === 0 || present(dependency, ATTEMPT_FIELDS) === 0,
    },
  ],
  'spec.dependencies[].tcp': addressRules,
  'spec.dependencies[].tcp.hostFrom': keySourceRules,
  'spec.dependencies[].tcp.portFrom': keySourceRules,
  'spec.dependencies[].http': [
    {
      cel: "!has(self.status) || size(self.status) == 1 || self.status.all(code, code != 'any')",
      message: 'any takes every status code: remove the others, or any',
      field: ['status'],
      holds: ({ status = [] }) => status.length < 2 || !status.includes('any'),
    },
    {
      cel: 'has(self.url) != has(self.urlFrom)',
      message: 'set exactly one of url and urlFrom',
      holds: (check) => present(check, ['url', 'urlFrom']) === 1,
    },
    {
      cel: "!has(self.tls) || !has(self.url) || self.url.startsWith('https://')",
      message: 'tls has no meaning for an http URL: use an https URL, or remove tls',
      holds: ({ tls, url }) => tls === undefined || url === undefined || url.startsWith('https://'),
    },
  ],
  'spec.dependencies[].http.urlFrom': keySourceRules,
  'spec.dependencies[].http.headers[]': [
    {
      cel: 'has(self.value) != has(self.valueFrom)',
      message: 'set exactly one of value and valueFrom',
      holds: ({ value, valueFrom }) => (value !== undefined) !== (valueFrom !== undefined),
    },
  ],
  'spec.dependencies[].http.tls': tlsRules,
  'spec.dependencies[].http.tls.caFrom': keySourceRules,
  'spec.dependencies[].grpc': addressRules,
  'spec.dependencies[].grpc.hostFrom': keySourceRules,
  'spec.dependencies[].grpc.portFrom': keySourceRules,
  'spec.dependencies[].grpc.tls': tlsRules,
  'spec.dependencies[].grpc.tls.caFrom': keySourceRules,
  'spec.dependencies[].resource': [
    {
      cel: "self.apiVersion != 'v1' || self.kind != 'Secret'",
      message:
        'a Secret cannot be a dependency, since whoever may write gates could read it so: use another object',
      holds: ({ apiVersion, kind }) => apiVersion !== 'v1' || kind !== 'Secret',
    },
    {
      // The operator writes gates: one that looks at its own status could make it write without end.
      cel: `!self.apiVersion.startsWith('${GROUP}/')`,
      message: 'a gate is waited for by its own check: use gate, not resource',
      holds: ({ apiVersion }) => !apiVersion.startsWith(`${GROUP}/`),
    },
    {
      cel: '!has(self.condition) || !has(self.expression)',
      message: 'set condition or expression, not both: an expression can look at conditions too',
      holds: ({ condition, expression }) => condition === undefined || expression === undefined,
    },
    ...lookRules,
  ],
  'spec.dependencies[].resource.selector': selectorRules,
  'spec.dependencies[].resource.matchPod': podMatchRules,
  ...CONTAINER_RULES,
  'spec.dependencies[].container.resources': resourcesRules,
};

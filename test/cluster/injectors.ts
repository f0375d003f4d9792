import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { mutatingApi, mutatingFlags, type Need, versionUnderTest } from './versions.ts';

/** What other programs do to Pod templates as they are written; as policies, which need no server. */
interface Injector {
  /** CEL: the names that come first, in this order. */
  readonly first: string;
  /** `missing`: puts them there only where they are missing. `moves`: puts nothing in, and moves what is there. */
  readonly only?: 'missing' | 'moves';
  /** What is named so, and is none of `first`, is taken out. */
  readonly prefix?: string;
  /** A name that comes last. */
  readonly last?: string;
  /** By its name it runs before the gates' own policies, else after them. */
  readonly isEarly?: true;
}

const INJECTORS = {
  one: { first: "['fetch-certs']" },
  two: { first: "['fetch-certs', 'trust-certs']" },
  around: { first: "['fetch-certs']", last: 'check-certs' },
  missing: { first: "['fetch-certs']", only: 'missing' },
  early: { first: "['fetch-certs']", isEarly: true },
  versioned: { first: "['certs-' + object.metadata.labels['certs']]", prefix: 'certs-' },
  restless: { first: "['certs-' + object.metadata.?resourceVersion.orValue('0')]", prefix: 'certs-' },
  mover: { first: "['migrate']", only: 'moves' },
} as const satisfies Readonly<Record<string, Injector>>;

export type InjectorName = keyof typeof INJECTORS;

/** Of the containers that are put in. */
export const INJECTED_IMAGE = 'registry.example/certs:1';

/** Policies can mutate where this is switched on by flags, or by default; on 1.34 they have no `lists.range`. */
export const INJECTING: Need = { what: 'MutatingAdmissionPolicy v1beta1 with lists.range', from: 35 };

/** What an API server needs for them that does not serve them by default. */
export const INJECTING_FLAGS = mutatingFlags(versionUnderTest());

/** An object has the injector that this label of its names. */
const LABEL = 'test/injector';

/** The object with that injector, or with none. */
export function injected(injector: InjectorName | 'none', object: KubeObject, labels = {}): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { [LABEL]: injector, ...labels } } };
}

/** The policies of all injectors and their bindings. */
export function injectors(): object[] {
  return Object.entries<Injector>(INJECTORS).flatMap(([name, injector]) => [
    ...policy(name, 'workloads', injector, ['deployments', 'statefulsets', 'daemonsets', 'jobs']),
    ...policy(name, 'cronjobs', injector, ['cronjobs'], '/spec/jobTemplate/spec/template/spec'),
    ...policy(name, 'pods', injector, ['pods'], '/spec'),
  ]);
}

function policy(
  injector: string,
  what: string,
  { isEarly, ...how }: Injector,
  resources: readonly string[],
  path = '/spec/template/spec',
): object[] {
  const apiVersion = mutatingApi(versionUnderTest());
  const metadata = { name: `${isEarly ? 'aa' : 'zz'}-${injector}-${what}` };
  const rule = { apiGroups: ['*'], apiVersions: ['*'], resources, operations: ['CREATE', 'UPDATE'] };
  const spec = {
    failurePolicy: 'Fail',
    // The early one is not asked again when the gates' policies have changed something after it.
    reinvocationPolicy: isEarly ? 'Never' : 'IfNeeded',
    matchConstraints: { resourceRules: [rule], objectSelector: { matchLabels: { [LABEL]: injector } } },
    variables: [
      { name: 'wanted', expression: how.first },
      { name: 'spec', expression: `object${path.replaceAll('/', '.')}` },
      {
        name: 'names',
        expression: 'variables.spec.?initContainers.orValue([]).map(c, string(c.name))',
      },
    ],
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: patch(how, `${path}/initContainers`) } }],
  };
  return [
    { apiVersion, kind: 'MutatingAdmissionPolicy', metadata, spec },
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: metadata.name },
    },
  ];
}

/** By positions, since Kubernetes 1.37 takes no parts of the object as values. */
function patch({ only, prefix, last }: Omit<Injector, 'isEarly'>, path: string): string {
  const all = 'size(variables.names) >= size(variables.wanted)';
  const isFirst = `${all} && variables.names.slice(0, size(variables.wanted)) == variables.wanted`;
  const isThere = 'variables.wanted.all(w, w in variables.names)';
  const isMine = `n in variables.wanted${prefix === undefined ? '' : ` || n.startsWith('${prefix}')`}`;
  const mine = `lists.range(size(variables.names)).filter(i, [variables.names[i]].exists(n, ${isMine}))`;
  if (only === 'moves')
    return `!(${isThere}) || (${isFirst}) ? [] : ${mine}.map(i, JSONPatch{op: 'move', from: '${path}/' + string(i), path: '${path}/0'})`;
  const container = (name: string) => `{'name': ${name}, 'image': '${INJECTED_IMAGE}'}`;
  const add = (place: string, name: string) =>
    `JSONPatch{op: 'add', path: '${path}/${place}, value: ${container(name)}}`;
  const list = `(has(variables.spec.initContainers) ? [] : [JSONPatch{op: 'add', path: '${path}', value: []}])`;
  const put = [
    // From the last to the first, so that each is still where it was.
    `lists.range(size(variables.names)).map(k, size(variables.names) - 1 - k).filter(i, i in ${mine})`,
    `.map(i, JSONPatch{op: 'remove', path: '${path}/' + string(i)}) + ${list} +`,
    `lists.range(size(variables.wanted)).map(k, ${add("' + string(k)", 'variables.wanted[k]')})`,
    ...(last === undefined ? [] : [`+ ('${last}' in variables.names ? [] : [${add("-'", `'${last}'`)}])`]),
  ];
  return `${only === 'missing' ? isThere : isFirst} ? [] : ${put.join('\n')}`;
}

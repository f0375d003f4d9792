/** The releases of Kubernetes that the tests run on. */

/** One of them, such as `1.36.3`. */
export type Version = `${number}.${number}.${number}`;

interface Tested {
  readonly version: Version;
  /** `always`: first starts with every `make test`. All of it, and those of `asked`: with `make test-versions`. */
  readonly runs: 'always' | 'asked';
}

/** Whose API every other part of the tests is made for: the node, kubectl and the manifests are tried with this one. */
export const MAIN_VERSION: Version = '1.36.3';

/** The oldest that is supported. */
export const OLDEST_VERSION: Version = '1.30.14';

/** Oldest first. A release is a line here, and `node test/cluster/pin.ts` makes the Go module of it. */
export const VERSIONS: readonly Tested[] = [
  { version: OLDEST_VERSION, runs: 'asked' },
  { version: '1.33.13', runs: 'asked' },
  { version: '1.34.4', runs: 'always' },
  { version: '1.35.4', runs: 'asked' },
  { version: MAIN_VERSION, runs: 'always' },
  { version: '1.37.2', runs: 'always' },
];

/** What a test needs of a release. */
export interface Need {
  readonly what: string;
  /** The first minor release that has it, such as 36. */
  readonly from: number;
}

/** Served by default, as config/admission has them. */
export const MUTATING_POLICIES: Need = { what: 'MutatingAdmissionPolicy v1', from: 36 };

/** Served by default, or as a beta where the API server has been told to. */
export const SWITCHED_ON: Need = { what: 'MutatingAdmissionPolicy v1beta1', from: 34 };

/** A Pod's own `resources`, for all its containers together. Elsewhere the API server drops the field. */
export const POD_RESOURCES: Need = { what: 'resources of a Pod as a whole', from: 34 };

/** A Job is Complete only when it has been SuccessCriteriaMet; before, only one with a `successPolicy` may say that. */
export const JOB_CRITERIA: Need = { what: 'SuccessCriteriaMet of every Job', from: 31 };

/** etcd 3.6 comes with it, whose flag for watches has lost its `experimental-`. */
export const ETCD_3_6: Need = { what: 'etcd 3.6', from: 34 };

/** The function of its module that makes a kubelet takes one. */
export const KUBELET_WITH_CONTEXT: Need = { what: 'a kubelet that is made with a context', from: 34 };

/** Refused values are told of without their type: `Invalid value: "object": …` before. */
export const REFUSALS_WITHOUT_TYPE: Need = { what: 'refusals without the type of the value', from: 35 };

export function meets(version: Version, { from }: Need): boolean {
  return minorOf(version) >= from;
}

/** The version of the API in which an API server of a release has policies that mutate, with the flags below. */
export function mutatingApi(version: Version): `admissionregistration.k8s.io/${'v1' | 'v1beta1'}` {
  return `admissionregistration.k8s.io/${meets(version, MUTATING_POLICIES) ? 'v1' : 'v1beta1'}`;
}

/** What an API server of a release needs to have them. */
export function mutatingFlags(version: Version): { readonly 'kube-apiserver'?: readonly string[] } {
  if (meets(version, MUTATING_POLICIES)) return {};
  return {
    'kube-apiserver': [
      '--feature-gates=MutatingAdmissionPolicy=true',
      `--runtime-config=${mutatingApi(version)}=true`,
    ],
  };
}

/** How many random cases a property tries on the API server under test: each is several requests. */
export function propertyRuns(version = versionUnderTest()): number {
  return version === MAIN_VERSION ? 15 : 10;
}

/** `1.36` of `1.36.3`. */
export function minorName(version: Version): string {
  return `1.${minorOf(version)}`;
}

/** The release with this name, or the one of a minor release (`1.36`). Throws with the names that there are. */
export function versionNamed(name: string): Version {
  const found = VERSIONS.find(({ version }) => version === name || minorName(version) === name);
  if (found !== undefined) return found.version;
  const names = VERSIONS.map(({ version }) => version).join(', ');
  throw new Error(`Kubernetes ${name} is none of the releases of test/cluster/versions.ts: ${names}`);
}

/** The release that the environment asks for (DEPENDENCY_GATE_TEST_KUBERNETES), else the main one. */
export function versionUnderTest(environment: Readonly<NodeJS.ProcessEnv> = process.env): Version {
  return versionNamed(environment.DEPENDENCY_GATE_TEST_KUBERNETES || MAIN_VERSION);
}

export function minorOf(version: Version): number {
  return Number(version.split('.')[1]);
}

import { isInstalled, lacking, type Policy, type PolicyView } from './policies.ts';

/** Why a target came without the containers: the label of a metric, so the list is closed. */
export const CAUSES = [
  'policy_missing',
  'binding_missing',
  'policy_differs',
  'crd_missing',
  'crd_new',
  'unknown',
] as const;

export type Cause = (typeof CAUSES)[number];

export interface Diagnosis {
  readonly cause: Cause;
  /** For people: what is wrong and what to do. */
  readonly words: string;
}

/** What is known of the custom resource, which is the policies' parameter; undefined where it could not be read. */
export type CrdView = { readonly createdAt: string } | 'absent' | undefined;

/**
 * An API server that did not know a policy's parameter when it first saw the policy asks which kinds there are twice a
 * minute, and applies nothing until then: measured, up to 21 s.
 */
export const DISCOVERY_LAG_MS = 45_000;
/** Applied together, the two are stored in either order. */
const TOGETHER_MS = 2000;

const MANIFESTS = 'config/admission (before Kubernetes 1.36 config/admission-v1beta1)';

/** @param at when the target was written, ms since the epoch */
export function diagnose(policy: Policy, view: PolicyView, crd: CrdView, at: number): Diagnosis {
  if (!isInstalled(view)) {
    const words = `${lacking(policy, view).join(' and ')} is not there: apply ${MANIFESTS}`;
    return { cause: view.isThere ? 'binding_missing' : 'policy_missing', words };
  }
  if (crd === 'absent')
    return { cause: 'crd_missing', words: 'the custom resource is not there: apply crds' };
  if (!view.isOurs) return differs(policy);
  return crd !== undefined && isNew(crd.createdAt, view, at) ? NEW_CRD : UNKNOWN;
}

/** Whether the policy was there before its parameter's kind, and that is not long ago. */
function isNew(crd: string, { writtenAt }: PolicyView, at: number): boolean {
  const created = Date.parse(crd);
  return Date.parse(writtenAt) <= created + TOGETHER_MS && at < created + DISCOVERY_LAG_MS;
}

/** Whether it says something about the targets to come: not where it passes by itself, or nothing is installed anyway. */
export function concernsPolicy({ cause }: Diagnosis): boolean {
  return cause !== 'crd_new' && cause !== 'policy_missing' && cause !== 'binding_missing';
}

const NEW_CRD: Diagnosis = {
  cause: 'crd_new',
  words:
    "the custom resource is new, and the API server has not found the kind of its policies' parameters yet, which takes it up to half a minute",
};

const UNKNOWN: Diagnosis = {
  cause: 'unknown',
  words:
    "whether the policy failed is told only by the API server's metric apiserver_mutating_admission_policy_check_total; else something that runs after the policies took the containers out",
};

function differs(policy: Policy): Diagnosis {
  const words = `MutatingAdmissionPolicy ${policy} or its binding is not that of this release: apply this release's ${MANIFESTS}`;
  return { cause: 'policy_differs', words };
}

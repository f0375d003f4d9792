import { INSTALLED_LABELS, OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT } from '../names.ts';
import type { TargetKind } from '../spec.ts';
import { TARGET_RESOURCES } from '../target-resources.ts';

/** The parts of `admissionregistration.k8s.io/v1` that our policies are made of. */

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  /** Default: whichever. */
  readonly resourceNames?: readonly string[];
  readonly operations: readonly Operation[];
}

export interface MatchConstraints {
  readonly resourceRules: readonly ResourceRule[];
  readonly objectSelector?: {
    readonly matchExpressions: readonly { readonly key: string; readonly operator: 'Exists' }[];
  };
}

/** A CEL expression by a name: a condition, or a variable that those after it see as `variables.<name>`. */
export interface Expression {
  readonly name: string;
  readonly expression: string;
}

interface CommonSpec {
  /** What becomes of the request when an expression cannot be evaluated. */
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly matchConstraints: MatchConstraints;
  /** All must hold. They see no variables. */
  readonly matchConditions?: readonly Expression[];
  /** Evaluated when first used. */
  readonly variables?: readonly Expression[];
  /** The kind of what the expressions see as `params`: each such object of the request's namespace in turn. */
  readonly paramKind?: ParamKind;
}

export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface MutatingSpec extends CommonSpec {
  /** `IfNeeded`: once more, where others have changed the object since; only where the conditions held before. */
  readonly reinvocationPolicy: 'Never' | 'IfNeeded';
  readonly mutations: readonly {
    readonly patchType: 'JSONPatch';
    readonly jsonPatch: { readonly expression: string };
  }[];
}

/** One that does not hold denies the request, in the words of its message. */
export interface Validation {
  readonly expression: string;
  readonly message?: string;
  /** Sees variables, but no authorizer. */
  readonly messageExpression?: string;
  readonly reason?: 'Forbidden';
}

export interface ValidatingSpec extends CommonSpec {
  readonly validations: readonly Validation[];
}

/** A policy and the binding that puts it in force, everywhere. */
export interface Admission {
  /** What a reader of the manifest should know first. */
  readonly about: string;
  readonly objects: readonly [policy: PolicyObject, binding: PolicyObject];
}

/** A policy or a binding as it is applied. */
export type PolicyObject = Readonly<{
  apiVersion: string;
  kind: string;
  metadata: Readonly<{ name: string; labels: Readonly<Record<string, string>> }>;
  spec: object;
}>;

const API_VERSION = 'admissionregistration.k8s.io/v1';
const PREFIX = 'dependencygate-';

function metadata(name: string) {
  return { name: PREFIX + name, labels: { ...INSTALLED_LABELS } };
}

/** Which parameters a policy sees: all that there are, and without any it does nothing. */
function params({ paramKind }: CommonSpec) {
  return paramKind && { paramRef: { selector: {}, parameterNotFoundAction: 'Allow' } };
}

/** A policy that changes what is written. */
export function mutating(name: string, about: string, spec: MutatingSpec): Admission {
  return {
    about,
    objects: [
      { apiVersion: API_VERSION, kind: 'MutatingAdmissionPolicy', metadata: metadata(name), spec },
      {
        apiVersion: API_VERSION,
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: metadata(name),
        spec: { policyName: PREFIX + name, ...params(spec) },
      },
    ],
  };
}

/** A policy that denies, or one that only warns whoever writes. */
export function validating(
  name: string,
  about: string,
  spec: ValidatingSpec,
  action: 'Deny' | 'Warn' = 'Deny',
): Admission {
  return {
    about,
    objects: [
      { apiVersion: API_VERSION, kind: 'ValidatingAdmissionPolicy', metadata: metadata(name), spec },
      {
        apiVersion: API_VERSION,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: metadata(name),
        spec: { policyName: PREFIX + name, ...params(spec), validationActions: [action] },
      },
    ],
  };
}

/**
 * CEL: the user is a ServiceAccount with the operator's name, whatever kustomize has put before or behind it, in whatever
 * namespace. Good enough for what only takes rights away, or comes to nothing. Who may do more is known exactly
 * (`knowsOperator`); that takes a parameter, and while an API server starts it may refuse for the lack of it, which must
 * not befall the Pods and workloads of all.
 */
export const IS_AN_OPERATOR = `request.userInfo.username.matches('^system:serviceaccount:[^:]+:[^:]*${OPERATOR_SERVICE_ACCOUNT}[^:]*$')`;

/** CEL: the user that the operator is, in a policy that `knowsOperator`. */
export const OPERATOR = "'system:serviceaccount:' + params.metadata.namespace + ':' + params.metadata.name";

/**
 * A policy that knows who the operator is: by its ServiceAccount, which the binding names. So kustomize changes it there
 * with `namespace` and `namePrefix`, as it does wherever the ServiceAccount is named (`names.yaml` beside the policies).
 *
 * @param without what becomes of requests while there is no such ServiceAccount
 */
export function knowsOperator(
  without: 'Allow' | 'Deny',
  { about, objects: [policy, binding] }: Admission,
): Admission {
  const paramRef = {
    name: OPERATOR_SERVICE_ACCOUNT,
    namespace: OPERATOR_NAMESPACE,
    parameterNotFoundAction: without,
  };
  const paramKind: ParamKind = { apiVersion: 'v1', kind: 'ServiceAccount' };
  return {
    about,
    objects: [
      { ...policy, spec: { paramKind, ...policy.spec } },
      { ...binding, spec: { ...binding.spec, paramRef } },
    ],
  };
}

/** A rule for Pods. */
export function onPods(...operations: Operation[]): ResourceRule {
  return { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations };
}

/** A rule for workloads of one kind. */
export function onWorkload(kind: TargetKind, ...operations: Operation[]): ResourceRule {
  const { group, version, plural } = TARGET_RESOURCES[kind];
  return { apiGroups: [group], apiVersions: [version], resources: [plural], operations };
}

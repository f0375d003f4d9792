import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatCrdYaml } from '../crd-yaml.ts';
import { MONITORING_MANIFESTS } from '../monitoring/monitoring-manifests.ts';
import { OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT } from '../names.ts';
import { POLICY_MANIFESTS } from '../policies/manifests.ts';

/**
 * The chart's templates that are made from the manifests which kustomize has: what is installed is written once. Those of
 * the Deployment, the NetworkPolicy and what scrapes the metrics, which most values are for, are the chart's own; a test
 * compares what both make.
 */

const ROOT = join(import.meta.dirname, '../../..');
const TEMPLATES = 'config/chart/templates';

/** On which values policies depend, by where they are: the first that fits. */
const POLICY_CONDITIONS: readonly (readonly [path: string, condition: string])[] = [
  ['config/admission/', 'include "dependency-gate.mutating" .'],
  ['config/first-starts/', '.Values.policies.firstStarts'],
  ['config/guards/operator-', '.Values.policies.operatorToken'],
  ['config/guards/', '.Values.policies.guards'],
];

const IS_AUTHORIZED = 'eq .Values.metrics.access "authorized"';

/** The other manifests, and on which values they depend. */
const MANIFESTS: Readonly<Record<string, string>> = {
  'config/rbac/operator.yaml': '',
  'config/rbac/referenced.yaml': '',
  'config/rbac/own-pod.yaml': '',
  'config/rbac/lease.yaml': '',
  'config/operator/disruption-budget.yaml': 'gt (int .Values.replicas) 1',
  'config/rbac/aggregated.yaml': '.Values.rbac.aggregate',
  'config/more-kinds/role.yaml': '.Values.rbac.moreKinds',
  'config/metrics-access/reader.yaml': IS_AUTHORIZED,
  'config/metrics-access/reviewer.yaml': IS_AUTHORIZED,
  'config/namespaced/policies-reader.yaml': '.Values.namespaces',
};

/** Those of what is made from typed sources for Prometheus and Grafana. */
const MONITORING: Readonly<Record<string, string>> = {
  'config/monitoring/prometheus-rule.yaml': '.Values.monitoring.prometheusRule',
  'config/monitoring/dashboard.yaml': '.Values.monitoring.dashboard',
};

/** More labels, before those that all objects of the release have. */
const MORE_LABELS = `    {{- with .Values.monitoring.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
`;

const BINDINGS = 'config/namespaced/bindings/bindings.yaml';
const DOCUMENTS_END = /^---\n/m;

/** What such a guard's binding has more where `guardNamespacesOnly` is set. */
const MATCHED = `  {{- if and .Values.policies.guardNamespacesOnly .Values.namespaces }}
  matchResources:
    namespaceSelector:
      matchExpressions:
      - key: kubernetes.io/metadata.name
        operator: In
        values:
          {{- toYaml .Values.namespaces | nindent 10 }}
  {{- end }}
`;

/** The templates, by their path in the repository. */
export const CHART_TEMPLATES: Readonly<Record<string, () => string>> = {
  [`${TEMPLATES}/crds/dependencygates.yaml`]: () => made('src/api', ifSo('.Values.crds.install', crd())),
  [templateOf(BINDINGS)]: () => made(BINDINGS, bindings(read(BINDINGS))),
  ...byTemplate(Object.keys(POLICY_MANIFESTS), (path) => {
    const [, condition = ''] = POLICY_CONDITIONS.find(([start]) => path.startsWith(start)) ?? [];
    return made(path, ifSo(condition, ofSomeNamespaces(parametrized(POLICY_MANIFESTS[path]?.() ?? ''))));
  }),
  ...byTemplate(Object.keys(MONITORING), (path) => {
    const manifest = parametrized(MONITORING_MANIFESTS[path]?.() ?? '');
    return made(path, ifSo(MONITORING[path] ?? '', labelled(path, manifest)));
  }),
  ...byTemplate(Object.keys(MANIFESTS), (path) =>
    made(path, ifSo(MANIFESTS[path] ?? '', onlyWhereNeeded(path, parametrized(read(path))))),
  ),
};

function byTemplate(paths: readonly string[], format: (path: string) => string) {
  return Object.fromEntries(paths.map((path) => [templateOf(path), () => format(path)]));
}

function templateOf(path: string): string {
  return path.replace(/^config/, TEMPLATES);
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function made(from: string, text: string): string {
  return `{{- /* Made from ${from} by \`make generate\`. */}}\n${text}`;
}

function ifSo(condition: string, text: string): string {
  return condition === '' ? text : `{{- if ${condition} }}\n${text}{{- end }}\n`;
}

/** What the release's name, its namespace and the values decide, in the place of what kustomize has there. */
function parametrized(manifests: string): string {
  return withoutOwnNote(manifests)
    .replaceAll('{{', '{{ "{{" }}')
    .replaceAll(
      /^(apiVersion: admissionregistration\.k8s\.io\/)v1(\nkind: MutatingAdmissionPolicy)/gm,
      '$1{{ include "dependency-gate.mutating" $ }}$2',
    )
    .replaceAll(
      new RegExp(`^(.*(?:kind: ServiceAccount|paramRef:)\n +name: )${OPERATOR_SERVICE_ACCOUNT}$`, 'gm'),
      '$1{{ include "dependency-gate.serviceAccount" $ }}',
    )
    .replaceAll(/^ *(?:name|policyName|resourceNames): .*$/gm, (line) =>
      line.replaceAll(/\bdependency-?gate-/g, '{{ include "dependency-gate.prefix" $ }}$&'),
    )
    .replaceAll(`namespace: ${OPERATOR_NAMESPACE}`, 'namespace: {{ $.Release.Namespace }}')
    .replaceAll(
      /^( +)app\.kubernetes\.io\/name: dependency-gate$/gm,
      (_, { length }: string) =>
        `${' '.repeat(length)}{{- include "dependency-gate.labels" $ | nindent ${length} }}`,
    );
}

/** The policies say where they are made; so does the template. */
function withoutOwnNote(manifests: string): string {
  return manifests.replace(/^# Made from .*\n/, '');
}

/** Guards know one operator: where there are two, each set of them looks at the namespaces of its own only. */
function ofSomeNamespaces(manifests: string): string {
  const documents = manifests.split(DOCUMENTS_END);
  const knowsOperator = (document: string) => document.includes('include "dependency-gate.serviceAccount"');
  return documents
    .map((document) => (knowsOperator(document) ? document.replace(/^spec:\n/m, `$&${MATCHED}`) : document))
    .join('---\n');
}

/** What Prometheus selects has the labels that the values give it. */
function labelled(path: string, manifest: string): string {
  return path.endsWith('/prometheus-rule.yaml')
    ? manifest.replace(/^ {2}labels:\n/m, `$&${MORE_LABELS}`)
    : manifest;
}

/** With `namespaces` the roles are bound in these, and not everywhere. */
function onlyWhereNeeded(path: string, manifests: string): string {
  if (!path.startsWith('config/rbac/')) return manifests;
  const documents = manifests.split(DOCUMENTS_END);
  const isForAll = (document: string) => /^kind: ClusterRoleBinding$/m.test(document);
  return documents
    .map((document) => (isForAll(document) ? ifSo('not .Values.namespaces', document) : document))
    .join('---\n');
}

/** The same two bindings for each of the namespaces. */
function bindings(manifests: string): string {
  const documents = parametrized(manifests).split(DOCUMENTS_END);
  const placed = documents.map((document) =>
    document.replace(/^metadata:\n.*\n/m, '$&  namespace: {{ . }}\n'),
  );
  return `{{- range .Values.namespaces }}\n${placed.map((document) => `---\n${document}`).join('')}{{- end }}\n`;
}

/** A template and not in `crds/`, from which Helm installs once and never upgrades. */
function crd(): string {
  const annotations = `{{- if .Values.crds.keep }}
  annotations:
    helm.sh/resource-policy: keep
  {{- end }}
`;
  return formatCrdYaml()
    .replaceAll('{{', '{{ "{{" }}')
    .replace(/^metadata:\n.*\n/m, `$&  ${annotations}`);
}

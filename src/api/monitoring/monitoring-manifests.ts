import { stringify } from 'yaml';
import { INSTALLED_LABELS, OPERATOR_NAMESPACE } from '../names.ts';
import { ALERTS } from './alerts.ts';
import { dashboard } from './dashboard.ts';
import { gateSeries } from './gate-series.ts';

const RUNBOOKS = 'https://github.com/dependency-gate/dependency-gate/blob/main/docs/runbooks';

/** The files of config/monitoring and config/kube-state-metrics that are made from typed sources, by their path. */
export const MONITORING_MANIFESTS: Readonly<Record<string, () => string>> = {
  'config/monitoring/prometheus-rule.yaml': () => format(prometheusRule()),
  'config/monitoring/dashboard.yaml': () => format(dashboardConfigMap()),
  'config/kube-state-metrics/custom-resource-state.yaml': () => format(gateSeries()),
};

function prometheusRule(): object {
  const rules = Object.entries(ALERTS).map(
    ([alert, { expr, for: time, severity, summary, description }]) => ({
      alert,
      expr,
      for: time,
      labels: { severity },
      annotations: { summary, description, runbook_url: `${RUNBOOKS}/${alert}.md` },
    }),
  );
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: metadata('dependency-gate-alerts'),
    spec: { groups: [{ name: 'dependency-gate', rules }] },
  };
}

/** Grafana's sidecar, as its Helm chart sets it up, takes dashboards from ConfigMaps with this label. */
function dashboardConfigMap(): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata('dependency-gate-dashboard', { grafana_dashboard: '1' }),
    data: { 'dependency-gate.json': `${JSON.stringify(dashboard(), undefined, 2)}\n` },
  };
}

function metadata(name: string, more: object = {}): object {
  return { name, namespace: OPERATOR_NAMESPACE, labels: { ...INSTALLED_LABELS, ...more } };
}

function format(object: object): string {
  const text = stringify(object, { aliasDuplicateObjects: false, blockQuote: 'literal', lineWidth: 0 });
  return `# Made from src/api/monitoring by \`make generate\`.\n${text}`;
}

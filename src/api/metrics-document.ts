import { code, table } from './markdown.ts';
import { type LabelMeaning, METRICS, type MetricDefinition } from './metric-catalog.ts';

/** docs/reference/metrics.md: each metric with its type and its labels. */
export function formatMetricsReference(): string {
  const metrics = Object.entries<MetricDefinition>(METRICS);
  return `${[
    '<!-- Generated from src/api/metric-catalog.ts by `make generate`. -->',
    '# Metrics',
    'What the operator tells at `/metrics`, on its port 8081 beside the probes or on that of `--metrics-port` ([who may read it](../guide/metrics.md), [alerts and dashboards](../guide/monitoring.md)). The metrics of Node itself (`process_*`, `nodejs_*`) are there too. Of all names of objects only those of namespaces are in labels, and of these only those that have gates.',
    table(
      ['Metric', 'Type', 'Labels', 'Meaning'],
      metrics.map(([name, { type, labels, help }]) => [
        code(name),
        type,
        Object.keys(labels).map(code).join(', '),
        help,
      ]),
    ),
    ...metrics.flatMap(([name, { labels }]) => ofLabels(name, labels)),
  ].join('\n\n')}\n`;
}

function ofLabels(name: string, labels: MetricDefinition['labels']): string[] {
  const entries = Object.entries(labels);
  if (entries.length === 0) return [];
  const rows = entries.flatMap(([label, meaning]) => rowsOf(label, meaning));
  return [`## ${name}`, table(['Label', 'Value', 'Meaning'], rows)];
}

function rowsOf(label: string, meaning: LabelMeaning): string[][] {
  if (typeof meaning === 'string') return [[code(label), '', meaning]];
  return Object.entries(meaning).map(([value, words]) => [code(label), code(value), words]);
}

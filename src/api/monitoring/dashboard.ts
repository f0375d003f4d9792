/** The Grafana dashboard: rows of panels, each with its queries. */

export interface Query {
  readonly expr: string;
  /** In Grafana's words: `{{label}}`. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly kind: 'stat' | 'timeseries' | 'table';
  /** Of Grafana. Default: a plain number. */
  readonly unit?: 's' | 'reqps' | 'ops';
  readonly queries: readonly Query[];
}

const BUCKETS = 'dependency_gate_reconcile_duration_seconds_bucket';

function count(title: string, state: string): Panel {
  const expr = `sum(dependency_gate_gates{state="${state}"}) or vector(0)`;
  return { title, kind: 'stat', queries: [{ expr, legend: state }] };
}

function single(title: string, metric: string): Panel {
  return { title, kind: 'stat', queries: [{ expr: `sum(${metric})`, legend: title }] };
}

export const ROWS: readonly (readonly Panel[])[] = [
  [
    count('Gates that are open', 'open'),
    count('Gates that wait', 'waiting'),
    count('Overdue', 'overdue'),
    count('Failed', 'failed'),
    count('Stalled', 'stalled'),
    single('Held Pods', 'dependency_gate_held_pods'),
  ],
  [
    {
      title: 'Gates by state',
      kind: 'timeseries',
      queries: [{ expr: 'sum by (state) (dependency_gate_gates)', legend: '{{state}}' }],
    },
    {
      title: 'Gates that need a look, by namespace',
      kind: 'table',
      queries: [
        {
          expr: 'sum by (gate_namespace, state) (dependency_gate_gates{state=~"stalled|failed|overdue"}) > 0',
          legend: '',
        },
      ],
    },
  ],
  [
    {
      title: 'Dependencies',
      kind: 'timeseries',
      queries: [
        { expr: 'sum(dependency_gate_overdue_dependencies)', legend: 'overdue' },
        { expr: 'sum(dependency_gate_failed_dependencies)', legend: 'failed' },
      ],
    },
    {
      title: 'First starts',
      kind: 'timeseries',
      queries: [
        { expr: 'max(dependency_gate_admission_installed)', legend: 'placed by admission' },
        { expr: 'max(dependency_gate_admission_acting)', legend: 'and that acts' },
        { expr: 'max(dependency_gate_first_starts_refused)', legend: 'refused until gated' },
        { expr: 'max(dependency_gate_foreign_policies)', legend: 'policies of another release' },
        { expr: 'max(dependency_gate_crd_lacking_fields)', legend: 'fields that the custom resource lacks' },
      ],
    },
    {
      title: 'Targets that came without their containers',
      kind: 'timeseries',
      queries: [
        {
          expr: 'sum by (cause) (increase(dependency_gate_admission_skipped_total[1h]))',
          legend: '{{cause}}',
        },
      ],
    },
  ],
  [
    {
      title: 'Reconciles',
      kind: 'timeseries',
      unit: 'ops',
      queries: [
        {
          expr: 'sum by (result) (rate(dependency_gate_reconcile_duration_seconds_count[5m]))',
          legend: '{{result}}',
        },
      ],
    },
    {
      title: 'Time of a reconcile',
      kind: 'timeseries',
      unit: 's',
      queries: [0.5, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, sum by (le) (rate(${BUCKETS}[5m])))`,
        legend: `p${quantile * 100}`,
      })),
    },
    {
      title: 'Waiting for a reconcile',
      kind: 'timeseries',
      queries: [{ expr: 'sum(dependency_gate_queue_length)', legend: 'gates and workloads' }],
    },
  ],
  [
    {
      title: 'Requests to the API server',
      kind: 'timeseries',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (verb, status) (rate(dependency_gate_api_requests_total[5m]))',
          legend: '{{verb}} {{status}}',
        },
      ],
    },
    {
      title: 'Replica that works',
      kind: 'timeseries',
      queries: [
        {
          expr: 'max by (instance, name) (leader_election_master_status{name=~".*dependency-gate-operator.*"})',
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Operator',
      kind: 'table',
      queries: [{ expr: 'sum by (version, nodeversion, instance) (dependency_gate_build_info)', legend: '' }],
    },
  ],
];

const WIDTH = 24;
const DATASOURCE = 'datasource';
const SOURCE = { type: 'prometheus', uid: `$${DATASOURCE}` };

/** What Grafana imports. */
export function dashboard(): object {
  return {
    uid: 'dependency-gate',
    title: 'Dependency Gate',
    tags: ['kubernetes', 'dependency-gate'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [{ name: DATASOURCE, label: 'Data source', type: 'datasource', query: 'prometheus' }],
    },
    panels: ROWS.flatMap((row, index) => placed(row, index)),
  };
}

function placed(row: readonly Panel[], index: number): object[] {
  const above = ROWS.slice(0, index)
    .map(heightOf)
    .reduce((sum, height) => sum + height, 0);
  const before = ROWS.slice(0, index).flat().length;
  const width = Math.floor(WIDTH / row.length);
  return row.map(({ title, kind, unit, queries }, column) => ({
    id: before + column + 1,
    title,
    type: kind,
    datasource: SOURCE,
    gridPos: { x: column * width, y: above, w: width, h: heightOf(row) },
    fieldConfig: { defaults: { min: 0, ...(unit && { unit }) }, overrides: [] },
    targets: queries.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      ...(kind === 'table' && { format: 'table', instant: true }),
    })),
  }));
}

function heightOf(row: readonly Panel[]): number {
  return row.every(({ kind }) => kind === 'stat') ? 4 : 8;
}

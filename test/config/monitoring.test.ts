import { expect } from 'chai';
import { stringify } from 'yaml';
import { z } from 'zod';
import { gateJsonSchema } from '../../src/api/crd.ts';
import type { JsonSchema } from '../../src/api/json-schema.ts';
import { METRICS, type MetricName } from '../../src/api/metric-catalog.ts';
import { ALERTS, type Alert } from '../../src/api/monitoring/alerts.ts';
import { dashboard, ROWS } from '../../src/api/monitoring/dashboard.ts';
import { gateSeries } from '../../src/api/monitoring/gate-series.ts';
import { createMetrics } from '../../src/controller/metrics.ts';
import { outputOf, run, useFolder, useProgram } from '../commands/programs.ts';
import { NO_GAUGES } from '../controller/gauges.ts';
import { ALERT_CASES, type AlertCase, type SeriesValues } from './alerts.ts';
import { read, readManifests } from './manifests.ts';

/** What a histogram is asked for. */
const OF_HISTOGRAM = /_(bucket|count|sum)$/;

/** The metrics in a query, and the labels of each that it asks for. */
function asked(expr: string): { readonly name: string; readonly labels: readonly string[] }[] {
  return [...expr.matchAll(/\b(dependency_gate_\w+|leader_election_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', matchers = '']) => ({
      name: name in METRICS ? name : name.replace(OF_HISTOGRAM, ''),
      labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  );
}

function isMetric(name: string): name is MetricName {
  return name in METRICS;
}

function expectKnown(expr: string): void {
  expect(asked(expr), expr).to.not.be.empty;
  for (const { name, labels } of asked(expr)) {
    if (!isMetric(name)) expect.fail(`${expr}: there is no metric ${name}`);
    expect(Object.keys(METRICS[name].labels), expr).to.include.members([...labels]);
  }
}

describe('the metrics', function () {
  this.timeout(30_000);
  const promtool = useProgram('promtool');

  it('are named and described as promtool check metrics wants them, those of Node too', async () => {
    const metrics = createMetrics({
      ...NO_GAUGES,
      gates: () => new Map([['a', { stalled: 0, failed: 0, overdue: 0, waiting: 0, open: 1, unknown: 0 }]]),
    });
    metrics.reconcileEnded('success', 1);
    const input = await metrics.registry.metrics();
    expect(run([promtool(), 'check', 'metrics'], { input })).to.deep.include({ code: 0, stderr: '' });
  });
});

describe('the alerts', function () {
  this.timeout(60_000);
  const promtool = useProgram('promtool');
  const folder = useFolder();
  const ruleSchema = z.object({ spec: z.object({ groups: z.array(z.unknown()) }) });
  const rules = () => {
    const [rule] = readManifests('config/monitoring/prometheus-rule.yaml').map((one) =>
      ruleSchema.parse(one),
    );
    return stringify(rule?.spec);
  };

  it('ask for metrics and labels that there are', () => {
    for (const { expr } of Object.values(ALERTS)) expectKnown(expr);
  });

  it('pass promtool check rules', () => {
    folder.write({ 'rules.yml': rules() });
    const output = outputOf([
      promtool(),
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      `${folder.path}/rules.yml`,
    ]);
    expect(output).to.contain(`${Object.keys(ALERTS).length} rules found`);
  });

  it('fire each in its case, and in none that comes close', () => {
    const tests = Object.entries(ALERT_CASES).flatMap(([name, one]) => testsOf(name, one));
    folder.write({
      'rules.yml': rules(),
      'tests.yml': stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }),
    });
    const { stdout, stderr } = run([promtool(), 'test', 'rules', `${folder.path}/tests.yml`]);
    const said = `${stdout}${stderr}`.split('\n').slice(1).filter(Boolean);
    expect(said).to.deep.equal(['  SUCCESS']);
  });

  for (const [name, { summary }] of Object.entries(ALERTS))
    it(`${name} has a page that says what to do`, () => {
      const page = read(`docs/runbooks/${name}.md`);
      expect(page.startsWith(`# ${name}\n\n${summary}\n`)).to.equal(true);
      expect([...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).to.deep.equal([
        'Meaning',
        'Impact',
        'What to look at',
        'What to do',
      ]);
    });
});

function testsOf(name: string, { fires, quiet }: AlertCase): object[] {
  const alert = alertNamed(name);
  const { severity, summary } = alert;
  const runbook = /runbook_url: (\S+)/.exec(read('config/monitoring/prometheus-rule.yaml'))?.[1] ?? '';
  const fired = {
    exp_labels: { severity, ...fires.labels },
    exp_annotations: {
      summary,
      description: fires.description,
      runbook_url: runbook.replace(/[^/]+\.md$/, `${name}.md`),
    },
  };
  return [
    testOf(`${name} fires`, name, fires.series, [fired]),
    ...Object.entries(quiet).map(([words, series]) => testOf(`${name}: ${words}`, name, series, [])),
  ];
}

function testOf(name: string, alertname: string, series: SeriesValues, alerts: object[]): object {
  return {
    name,
    interval: '1m',
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    alert_rule_test: [{ eval_time: '60m', alertname, exp_alerts: alerts }],
  };
}

function alertNamed(name: string): Alert {
  const alerts: Readonly<Record<string, Alert>> = ALERTS;
  return alerts[name] ?? expect.fail(`there is no alert ${name}`);
}

describe('the dashboard', () => {
  it('asks for metrics and labels that there are', () => {
    const queries = ROWS.flat().flatMap((panel) => panel.queries);
    for (const { expr } of queries) expectKnown(expr);
  });

  it('shows each metric', () => {
    const shown = ROWS.flat().flatMap(({ queries }) => queries.flatMap(({ expr }) => asked(expr)));
    expect([...new Set(shown.map(({ name }) => name))]).to.have.members(Object.keys(METRICS));
  });

  it('has panels that do not overlap, and differ in their ids', () => {
    const schema = z.object({
      panels: z.array(
        z.object({ id: z.number(), gridPos: z.record(z.enum(['x', 'y', 'w', 'h']), z.number()) }),
      ),
    });
    const { panels } = schema.parse(dashboard());
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
    expect(cells.every((cell) => Number.parseInt(cell, 10) < 24)).to.equal(true);
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
  });
});

describe('the series of each gate, for kube-state-metrics', () => {
  const path = z.array(z.string());
  const of = z.object({
    path,
    labelsFromPath: z.record(z.string(), path).optional(),
    valueFrom: path.optional(),
    list: z.array(z.string()).optional(),
  });
  const schema = z.object({
    spec: z.object({
      resources: z.tuple([
        z.object({
          labelsFromPath: z.record(z.string(), path),
          metrics: z.array(
            z.object({ name: z.string(), each: z.object({ gauge: of, stateSet: of }).partial() }),
          ),
        }),
      ]),
    }),
  });
  const [{ labelsFromPath, metrics }] = schema.parse(gateSeries()).spec.resources;

  it('read fields that the custom resource has', () => {
    for (const one of Object.values(labelsFromPath))
      expect(at(gateJsonSchema(), one), `${one}`).to.be.an('object');
    for (const { name, each } of metrics) {
      const {
        path: from,
        valueFrom = [],
        ...rest
      } = each.gauge ?? each.stateSet ?? expect.fail(`${name} is of no known type`);
      const found = at(gateJsonSchema(), from) ?? expect.fail(`${name}: there is no ${from}`);
      const item = found.items ?? found;
      for (const one of [valueFrom, ...Object.values(rest.labelsFromPath ?? {})])
        expect(at(item, one), `${name}: ${one}`).to.be.an('object');
    }
  });

  it('have a series for each value that a field may have', () => {
    for (const { name, each } of metrics) {
      if (!each.stateSet) continue;
      const { path: from, valueFrom = [], list } = each.stateSet;
      expect(at(at(gateJsonSchema(), from)?.items, valueFrom)?.enum, name).to.deep.equal(list);
    }
  });
});

/** What a path leads to; what every object has in its metadata is no part of the schema. */
function at(schema: JsonSchema | undefined, path: readonly string[]): JsonSchema | undefined {
  if (path[0] === 'metadata') return { type: 'string' };
  return path.reduce<JsonSchema | undefined>((found, key) => found?.properties?.[key], schema);
}

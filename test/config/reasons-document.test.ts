import { expect } from 'chai';
import {
  DEPENDENCY_REASONS,
  GATE_EVENT_REASONS,
  OPEN_REASONS,
  POD_EVENT_REASONS,
  READY_REASONS,
  STALL_REASONS,
  TARGET_REASONS,
  WORKLOAD_EVENT_REASONS,
} from '../../src/api/reasons.ts';
import { dependencyStatusSchema, TARGET_STATES } from '../../src/api/status.ts';
import type { Failure } from '../../src/controller/failures.ts';
import { createMetrics } from '../../src/controller/metrics.ts';
import { CAUSES } from '../../src/core/admission/cause.ts';
import { read } from './manifests.ts';

/** What `dependency_gate_reconcile_seconds` is labelled with: typed, so that a new one is told here and in the document. */
const RESULTS: Readonly<Record<'success' | Failure, true>> = {
  success: true,
  conflict: true,
  undone: true,
  transient: true,
  refused: true,
  bug: true,
};

/** The text of a section, without the sections below it. */
function section(heading: string): string {
  const [, after = ''] = read('docs/reference/reasons.md').split(`\n${heading}\n`);
  return after.split(/^#/m)[0] ?? '';
}

/** The words in backticks in a column of the tables in a text. */
function column(text: string, index: number): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  return rows.flatMap((row) =>
    [...(row.split('|')[index + 1] ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
  );
}

describe('docs/reference/reasons.md', () => {
  it('tells each reason of Ready, in order', () => {
    expect(column(section('### Ready'), 1)).to.deep.equal(READY_REASONS);
  });

  it('tells each reason of Open', () => {
    expect(column(section('### Open'), 1)).to.deep.equal(OPEN_REASONS);
  });

  it('tells each reason of Stalled', () => {
    expect(column(section('### Stalled'), 0)).to.deep.equal(STALL_REASONS);
  });

  it('tells each state of a target and of a dependency', () => {
    const { state } = dependencyStatusSchema.shape;
    expect(column(section('## States'), 0)).to.have.members([...TARGET_STATES, ...state.options]);
  });

  it('tells each reason of a dependency and of a target, in order', () => {
    const of = (heading: string) =>
      column(section(heading), 0).filter((word) => /^[A-Z][A-Za-z]+$/.test(word));
    expect(of('## Why a dependency is as it is')).to.deep.equal(DEPENDENCY_REASONS);
    expect(of('## Why a target is as it is')).to.deep.equal(TARGET_REASONS);
  });

  it('tells each Event of a gate, of a workload and of a Pod', () => {
    expect(column(section('### On a gate'), 0)).to.have.members([...GATE_EVENT_REASONS]);
    expect(column(section('### On a workload'), 0)).to.have.members([...WORKLOAD_EVENT_REASONS]);
    expect(column(section('### On a Pod'), 0)).to.have.members([...POD_EVENT_REASONS]);
  });

  it('tells each metric with its labels', () => {
    const ours = metrics();
    const told = section('## Metrics');
    expect(column(told, 0)).to.have.members(ours.map(({ name }) => name));
    expect(column(told, 1)).to.have.members(ours.flatMap(labelsOf));
  });

  it('tells each cause of a target that came without its containers', () => {
    for (const cause of CAUSES) expect(section('## Metrics')).to.contain(`\`${cause}\``);
  });

  it('tells each result of a reconcile', () => {
    for (const result of Object.keys(RESULTS)) expect(section('## Metrics')).to.contain(`\`${result}\``);
  });
});

describe('docs/guide/troubleshooting.md', () => {
  it('alerts on metrics that there are', () => {
    const named = [...read('docs/guide/troubleshooting.md').matchAll(/dependency_gate_\w+/g)].map(
      ([name]) => name,
    );
    expect(named).to.not.be.empty;
    expect(metrics().map(({ name }) => name)).to.include.members(named);
  });
});

/** The operator's own metrics. */
function metrics() {
  const none = () => 0;
  const gauges = {
    queued: none,
    gates: none,
    held: none,
    overdue: none,
    failed: none,
    firstStarts: () => 'placed' as const,
    foreignPolicies: none,
    isAdmissionActing: () => true,
  };
  return createMetrics(gauges)
    .registry.getMetricsAsArray()
    .filter(({ name }) => name.startsWith('dependency_gate_'));
}

/** prom-client keeps them, and its types do not say so. */
function labelsOf(metric: object): readonly string[] {
  return 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
}

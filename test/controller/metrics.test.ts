import { expect } from 'chai';
import {
  METRICS,
  type MetricDefinition,
  RECONCILE_RESULTS,
  SKIP_CAUSES,
} from '../../src/api/metric-catalog.ts';
import type { Failure } from '../../src/controller/failures.ts';
import { createMetrics, type Gauges } from '../../src/controller/metrics.ts';
import { CAUSES } from '../../src/core/admission/cause.ts';
import { NO_GAUGES } from './gauges.ts';

const NONE = { stalled: 0, failed: 0, overdue: 0, waiting: 0, open: 0, unknown: 0 };

/** What is registered under names of ours. */
function registered() {
  const all = createMetrics(NO_GAUGES).registry.getMetricsAsArray();
  return all.filter(({ name }) => !/^(process|nodejs)_/.test(name));
}

/** prom-client keeps them, and its types do not say so. */
function labelsOf(metric: object): readonly unknown[] {
  return 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
}

describe('createMetrics', () => {
  const text = (gauges: Partial<Gauges>) => createMetrics({ ...NO_GAUGES, ...gauges }).registry.metrics();

  it('registers each metric of the list, with its labels, and no other one of ours', () => {
    const listed = Object.entries<MetricDefinition>(METRICS);
    expect(Object.fromEntries(registered().map((one) => [one.name, labelsOf(one)]))).to.deep.equal(
      Object.fromEntries(listed.map(([name, { labels }]) => [name, Object.keys(labels)])),
    );
  });

  it('tells each metric with the type and the help that the list says', async () => {
    const said = await text({});
    for (const [name, { type, help }] of Object.entries<MetricDefinition>(METRICS)) {
      expect(said).to.contain(`# HELP ${name} ${help}\n`);
      expect(said).to.contain(`# TYPE ${name} ${type}\n`);
    }
  });

  it('says what runs', async () => {
    expect(await text({ version: '1.2.3' })).to.contain(
      `dependency_gate_build_info{version="1.2.3",nodeversion="${process.version}"} 1\n`,
    );
  });

  it('reads each gauge when it is asked', async () => {
    const said = await text({
      held: () => 1,
      overdue: () => 4,
      failed: () => 2,
      queued: () => 3,
      foreignPolicies: () => 5,
      lackingFields: () => 6,
      firstStarts: () => 'refused',
      isAdmissionActing: () => false,
    });
    for (const line of [
      'held_pods 1',
      'overdue_dependencies 4',
      'failed_dependencies 2',
      'queue_length 3',
      'foreign_policies 5',
      'crd_lacking_fields 6',
      'admission_installed 0',
      'first_starts_refused 1',
      'admission_acting 0',
    ])
      expect(said).to.contain(`\ndependency_gate_${line}\n`);
  });

  it('counts gates by namespace and state, and forgets a namespace that has none any more', async () => {
    const gates = new Map([
      ['a', { ...NONE, open: 2 }],
      ['b', { ...NONE, stalled: 1 }],
    ]);
    const { registry } = createMetrics({ ...NO_GAUGES, gates: () => gates });
    const first = await registry.metrics();
    expect(first).to.contain('dependency_gate_gates{gate_namespace="a",state="open"} 2\n');
    expect(first).to.contain('dependency_gate_gates{gate_namespace="a",state="stalled"} 0\n');
    expect(first).to.contain('dependency_gate_gates{gate_namespace="b",state="stalled"} 1\n');
    gates.delete('b');
    const second = await registry.metrics();
    expect(second).to.contain('{gate_namespace="a",state="open"} 2\n');
    expect(second).to.not.contain('gate_namespace="b"');
  });

  it('tells of the cluster where it works, and of nothing but itself where it stands by', async () => {
    const gauges = { gates: () => new Map([['a', { ...NONE, open: 2 }]]), held: () => 7 };
    for (const isLeader of [true, false]) {
      const said = await text({ ...gauges, leadership: { lease: 'one', isLeader: () => isLeader } });
      expect(said).to.contain(`\nleader_election_master_status{name="one"} ${Number(isLeader)}\n`);
      expect(said).to.contain(`\ndependency_gate_held_pods ${isLeader ? 7 : 0}\n`);
      expect(said.includes('gate_namespace="a"')).to.equal(isLeader);
      expect(said).to.contain('\ndependency_gate_build_info{');
    }
    expect(await text({ leadership: undefined })).to.not.contain('leader_election');
  });

  it('has each cause from the beginning, so that the first is an increase', async () => {
    const said = await text({});
    for (const cause of CAUSES)
      expect(said).to.contain(`dependency_gate_admission_skipped_total{cause="${cause}"} 0\n`);
  });
});

describe('METRICS', () => {
  it('tells each cause, and each result of a reconcile', () => {
    const results: Readonly<Record<'success' | Failure, string>> = RECONCILE_RESULTS;
    expect(results).to.have.property('success');
    expect(Object.keys(SKIP_CAUSES)).to.deep.equal(CAUSES);
  });
});

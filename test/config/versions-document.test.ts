import { expect } from 'chai';
import { z } from 'zod';
import { firstStart, firstStartCronJob } from '../../src/api/policies/first-start-policy.ts';
import { holdJob } from '../../src/api/policies/hold-job.ts';
import { hold } from '../../src/api/policies/hold-policy.ts';
import { injectCronJob } from '../../src/api/policies/inject-cronjob.ts';
import { inject } from '../../src/api/policies/inject-policy.ts';
import type { Admission } from '../../src/api/policies/policy.ts';
import { requireGates } from '../../src/api/policies/require-policy.ts';
import { suspendJob } from '../../src/api/policies/suspend-job.ts';
import { TARGET_KINDS, type TargetKind } from '../../src/api/spec.ts';
import {
  type FirstStarts,
  firstStartsBy,
  NO_POLICIES,
  NO_POLICY,
} from '../../src/core/admission/policies.ts';
import { MUTATING_POLICIES, meets, minorName, VERSIONS } from '../cluster/versions.ts';
import { cronJob, daemonSet, gate, job, statefulSet, workload } from '../core/builders.ts';
import { decided } from '../core/workload-world.ts';
import { read } from './manifests.ts';

const resourceRules = z.array(z.object({ resources: z.array(z.string()), operations: z.array(z.string()) }));
const WAYS: readonly FirstStarts[] = ['placed', 'refused', 'patched'];

/** The rows of the n-th table of the page, cell by cell, without its head. */
function table(index: number): string[][] {
  const tables = read('docs/guide/versions.md')
    .split(/\n(?!\|)/)
    .map((block) => block.trim())
    .filter((block) => block.startsWith('|'));
  const rows = (tables[index] ?? expect.fail(`there is no table ${index}`)).trim().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The cells of a kind's row, by the way. */
function cellsOf(rows: readonly string[][], kind: TargetKind): Record<FirstStarts, string> {
  const [, placed = '', refused = '', patched = ''] = rows.find(([name]) => name === `\`${kind}\``) ?? [];
  return { placed, refused, patched };
}

/** Whether the policies that refuse speak of what such a workload makes. */
function isRefused(kind: TargetKind): boolean {
  const conditions = [firstStart(), firstStartCronJob()].map(({ objects }) => JSON.stringify(objects));
  return conditions.some((text) => text.includes(`'${kind === 'Deployment' ? 'ReplicaSet' : kind}'`));
}

/** Whether one of the policies acts when such an object is created. */
function actsOn(resource: string, ...policies: readonly Admission[]): boolean {
  const rules = z.object({ spec: z.object({ matchConstraints: z.object({ resourceRules }) }) });
  return policies
    .flatMap(({ objects: [policy] }) => rules.parse(policy).spec.matchConstraints.resourceRules)
    .some(({ resources, operations }) => resources.includes(resource) && operations.includes('CREATE'));
}

/** One that has none of our containers. */
const BARE = {
  Deployment: workload,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Job: job,
  CronJob: cronJob,
};

/** Those whose templates are changed after their creation. */
const ROLLED = TARGET_KINDS.filter((kind) => !['Job', 'CronJob'].includes(kind));

describe('docs/guide/versions.md', () => {
  it('names each release that the tests run on, under what gates its first starts', () => {
    const named = (way: FirstStarts) =>
      table(0)
        .filter(([, , , how = '']) => how.startsWith(`\`${way}\``))
        .flatMap(([releases = '']) => releases.split(', '));
    const of = (isPlaced: boolean) =>
      VERSIONS.map(({ version }) => version)
        .filter((version) => meets(version, MUTATING_POLICIES) === isPlaced)
        .map(minorName);
    expect(named('placed')).to.deep.equal(of(true));
    expect(named('refused')).to.deep.equal(of(false));
  });

  it('has a row for each kind of target, and a column for each way', () => {
    for (const rows of [table(1), table(2)]) {
      expect(rows.map(([kind]) => kind)).to.deep.equal(TARGET_KINDS.map((kind) => `\`${kind}\``));
      for (const row of rows) expect(row).to.have.length(1 + WAYS.length);
    }
  });

  it('says of the kinds whose Pods or Jobs are refused that they are, and of no others', () => {
    for (const kind of TARGET_KINDS) {
      const { refused } = cellsOf(table(1), kind);
      expect(/refused/.test(refused), kind).to.equal(isRefused(kind));
    }
  });

  it('says of the kinds that admission places gates into that they start with them', () => {
    for (const kind of TARGET_KINDS) {
      const { placed } = cellsOf(table(1), kind);
      const isPlaced = actsOn(`${kind.toLowerCase()}s`, inject(), injectCronJob());
      expect(/starts? with the gate$/.test(placed), kind).to.equal(isPlaced);
    }
  });

  it('says of what has come ungated whether the operator patches it, or nobody can', () => {
    const first = gate('first').targets(...TARGET_KINDS.map((kind) => `${kind}/app`));
    for (const kind of TARGET_KINDS) {
      const { writes } = decided(BARE[kind]('app'), [first.rendered()]);
      const { patched } = cellsOf(table(1), kind);
      expect(/for good/.test(patched), kind).to.equal(writes.length === 0);
      expect(/then rolls|the next Job/.test(patched), kind).to.equal(writes.length > 0);
    }
  });

  it('says of the label that Pods with it are held or refused, and Jobs of a CronJob refused', () => {
    expect([actsOn('pods', hold()), actsOn('pods', requireGates()), actsOn('jobs', holdJob())]).to.deep.equal(
      [true, true, true],
    );
    for (const kind of ROLLED) {
      const { placed, refused } = cellsOf(table(2), kind);
      expect([placed.split(',')[0], refused.split(',')[0]], kind).to.deep.equal([
        'Pods held',
        'Pods refused',
      ]);
    }
    // Nothing suspends these, so they are refused.
    expect(JSON.stringify(suspendJob().objects)).to.contain("o.kind == 'CronJob'");
    const { placed, refused } = cellsOf(table(2), 'CronJob');
    expect([placed, refused]).to.deep.equal(['Jobs refused', 'Jobs refused']);
  });

  it('says of the label that it does nothing without policies, as nothing else reads it before a Pod is there', () => {
    for (const kind of TARGET_KINDS)
      expect(cellsOf(table(2), kind).patched, kind).to.equal('the label does nothing');
  });

  it('says of a Job without its gates that it is suspended, or refused where no policy does that', () => {
    expect(JSON.stringify(suspendJob().objects)).to.contain('/spec/suspend');
    expect(JSON.stringify(holdJob().objects)).to.contain('nothing suspends it');
    const { placed, refused } = cellsOf(table(2), 'Job');
    expect([placed.split(',')[0], refused.split(',')[0]]).to.deep.equal(['suspended', 'refused']);
  });

  it('calls the ways as the operator does, by the policies that are there', () => {
    const there = { ...NO_POLICY, isThere: true, isBound: true };
    const refusing = { ...NO_POLICIES, 'dependencygate-first-start': there };
    const ways = [{ ...refusing, 'dependencygate-inject': there }, refusing, NO_POLICIES].map(firstStartsBy);
    expect(ways).to.deep.equal(WAYS);
    expect(table(0).map(([, , , how = '']) => /^`(\w+)`/.exec(how)?.[1])).to.deep.equal(WAYS);
  });
});

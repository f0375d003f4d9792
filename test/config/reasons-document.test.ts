import { expect } from 'chai';
import { METRICS } from '../../src/api/metric-catalog.ts';
import {
  DEPENDENCY_REASONS,
  OPEN_REASONS,
  READY_REASONS,
  STALL_REASONS,
  TARGET_REASONS,
} from '../../src/api/reasons.ts';
import { dependencyStatusSchema, TARGET_STATES } from '../../src/api/status.ts';
import { read } from './manifests.ts';

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
});

describe('docs/guide/troubleshooting.md', () => {
  it('alerts on metrics that there are', () => {
    const named = [...read('docs/guide/troubleshooting.md').matchAll(/dependency_gate_\w+/g)].map(
      ([name]) => name,
    );
    expect(named).to.not.be.empty;
    expect(Object.keys(METRICS)).to.include.members(named);
  });
});

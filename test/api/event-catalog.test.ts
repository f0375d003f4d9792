import { join } from 'node:path';
import { expect } from 'chai';
import { GATE_EVENTS, POD_EVENTS, WORKLOAD_EVENTS } from '../../src/api/event-catalog.ts';
import { formatEventsReference } from '../../src/api/events-document.ts';
import { STALL_REASONS } from '../../src/api/reasons.ts';
import { ROOT } from '../config/manifests.ts';
import { readSources } from '../sources.ts';

/** That the code emits no reason but these, and with these types, is what the compiler says. */
describe('the Events', () => {
  it('are emitted, each of them', () => {
    const code = readSources(join(ROOT, 'src'))
      .filter(({ path }) => /^(core|controller)\//.test(path))
      .map((source) => source.code)
      .join('\n');
    const reasons = [GATE_EVENTS, WORKLOAD_EVENTS, POD_EVENTS].flatMap((events) => Object.keys(events));
    const ofStalls = new Set<string>(STALL_REASONS);
    const dead = reasons.filter((reason) => !ofStalls.has(reason) && !code.includes(`'${reason}'`));
    expect(dead).to.deep.equal([]);
  });

  it('of a gate are all of the reasons of a stalled one', () => {
    expect(GATE_EVENTS).to.include.all.keys(...STALL_REASONS);
  });

  it('are told in the reference, by the object that they are about', () => {
    const sections = formatEventsReference()
      .split(/^## /m)
      .slice(1)
      .map((section) => [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason]) => reason));
    expect(sections).to.deep.equal([GATE_EVENTS, WORKLOAD_EVENTS, POD_EVENTS].map((one) => Object.keys(one)));
  });
});

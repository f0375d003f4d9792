import { expect } from 'chai';
import type { WorkloadPatch, WorkloadPlan } from '../../../src/core/plan/plan.ts';
import { additionMark } from '../../../src/core/progress/dispute.ts';
import { RETRY_REFUSED_AFTER_MS } from '../../../src/core/progress/standing.ts';
import { changePatch } from '../../../src/core/render/inject.ts';
import { viewTemplate } from '../../../src/core/render/template.ts';
import {
  container,
  dns,
  type GateBuilder,
  gate,
  job,
  NOW,
  pod,
  refusal,
  tcp,
  type WorkloadBuilder,
  workload,
} from '../builders.ts';
import { writesOf } from '../in-words.ts';
import { patchTemplate } from '../simulate.ts';
import { decided } from '../workload-world.ts';

const on = (name: string, ...hosts: string[]) =>
  gate(name)
    .targets('pinger')
    .dependsOn(...hosts.map((host) => dns(host)))
    .rendered();
const [a, b, c] = [on('a', 'api'), on('b', 'api', 'redis'), on('c', 'db')];
const pinger = workload('pinger').own('migrate');

function patchOf({ writes }: WorkloadPlan): WorkloadPatch | undefined {
  return writes.find((write) => write.do === 'patch-workload');
}

/** What a patch is for: `+a`, `-b`. */
function changes(plan: WorkloadPlan): string[] {
  const patch = patchOf(plan);
  return [
    ...(patch?.additions ?? []).map((one) => `+${one.gate}`),
    ...(patch?.removals ?? []).map((one) => `-${one.gate}`),
  ];
}

/** The template that the API server makes of it. */
function patched(plan: WorkloadPlan, { template }: WorkloadBuilder) {
  const { additions = [], removals = [] } = patchOf(plan) ?? {};
  const inject = additions.map(({ gate, render }) => ({ gate, render, target: 'Deployment/pinger' }));
  const remove = removals.map(({ gate }) => gate);
  return viewTemplate(patchTemplate(template, changePatch(viewTemplate(template), { inject, remove })));
}

describe('decideWorkload, of several gates', () => {
  it('puts all of them in with one patch, sorted by name before its own', () => {
    const plan = decided(pinger, [c, a, b]);
    expect(writesOf(plan)).to.deep.equal(['patch-target pinger']);
    expect(patched(plan, pinger).initContainers).to.deep.equal([
      ...['dgate-a--api', 'dgate-b--api', 'dgate-b--redis', 'dgate-c--db', 'migrate'],
    ]);
  });

  it('takes all of them out with one patch, and leaves no trace', () => {
    const carrying = pinger.carrying(a, b, c);
    const plan = decided(carrying, [a.deleting(), b.deleting(), c.targets('other')]);
    expect(writesOf(plan)).to.deep.equal(['clean-target pinger']);
    expect(patched(plan, carrying)).to.deep.equal(pinger.workload.template);
  });

  it('adds, renews and removes with one patch', () => {
    const carrying = pinger.carrying(b, c);
    const renewed = b.dependsOn(dns('redis'), tcp('db', 5432)).rendered();
    const plan = decided(carrying, [a, renewed, c.deleting()]);
    expect(changes(plan)).to.deep.equal(['+a', '+b', '-c']);
    const left = patched(plan, carrying);
    expect(left).to.deep.equal(pinger.carrying(a, renewed).workload.template);
    expect(changes(decided(carrying.with({ template: left }), [a, renewed, c.deleting()]))).to.deep.equal([]);
  });

  it('touches nothing of gates that are suspended, cannot be read, or are in force', () => {
    const carrying = pinger.carrying(a, b);
    const broken = b.generation(2).invalid('no good');
    const plan = decided(carrying, [a.dependsOn(dns('x')).suspended(), broken, c]);
    expect(changes(plan)).to.deep.equal(['+c']);
    expect(JSON.stringify(patchOf(plan)?.patch)).not.to.match(
      /"\$patch":"delete"|gate.dependencygate.dev\/[ab]/,
    );
  });

  it('takes out three hundred that do not exist with one patch', () => {
    const names = Array.from({ length: 300 }, (_, index) => `gate.dependencygate.dev/n${index}`);
    const annotations = Object.fromEntries(names.map((name) => [name, 'x']));
    const claiming = pinger.with({ template: { ...pinger.workload.template, annotations } });
    expect(changes(decided(claiming))).to.have.length(300);
  });

  it('leaves a Job as it is, and whatever is being deleted', () => {
    const migrate = gate('a').targets('Job/migrate').dependsOn(dns('api')).rendered();
    expect(writesOf(decided(job('migrate'), [migrate]))).to.deep.equal([]);
    expect(decided(pinger.carrying(a).deleting(), [a.deleting(), b])).to.deep.equal({
      ...{ writes: [], unattended: [], next: undefined },
    });
  });
});

describe('decideWorkload, of a gate that waits for the next rollout', () => {
  const later = b.specifying({ updatePolicy: 'OnNextRollout' });

  it('makes no rollout for it, and takes it along with any', () => {
    expect(changes(decided(pinger, [later]))).to.deep.equal([]);
    expect(changes(decided(pinger, [a, later]))).to.deep.equal(['+a', '+b']);
    expect(changes(decided(pinger.carrying(c), [later, c.deleting()]))).to.deep.equal(['+b', '-c']);
  });
});

describe('decideWorkload, where there is not room for all', () => {
  const many = (name: string, count: number) =>
    on(name, ...Array.from({ length: count }, (_, index) => `d${index}`));
  const at = (time: string, of: GateBuilder) => of.with({ createdAt: `2026-01-01T${time}:00Z` });

  it('puts in those that fit, the oldest first', () => {
    const gates = [at('11:02', many('a', 30)), at('11:00', many('b', 32)), at('11:01', many('c', 32))];
    expect(changes(decided(pinger, gates))).to.deep.equal(['+b', '+c']);
  });

  it('puts in what waited for room once that is there, and does not count what is renewed twice', () => {
    const [old, fresh, big] = [many('a', 40), many('b', 40), many('c', 24)];
    const carrying = pinger.carrying(old, big);
    const renewed = big.dependsOn(...many('c', 23).spec.dependencies).rendered();
    expect(changes(decided(carrying, [old.deleting(), fresh, renewed]))).to.deep.equal(['+c', '-a']);
    expect(changes(decided(pinger.carrying(renewed), [fresh, renewed]))).to.deep.equal(['+b']);
  });
});

describe('decideWorkload, of a workload that cannot be read as a whole', () => {
  const strange = (of: WorkloadBuilder) => of.with({ unreadable: 'spec.replicas: Invalid input' });

  it('puts nothing in, and asks nothing', () => {
    expect(writesOf(decided(strange(pinger), [a]))).to.deep.equal([]);
    expect(writesOf(decided(strange(pinger.carrying(a).putFirst('certs')), [a]))).to.deep.equal([]);
  });

  it('takes out what is to leave it', () => {
    const plan = decided(strange(pinger.carrying(a, b)), [a.deleting(), b]);
    expect(changes(plan)).to.deep.equal(['-a']);
  });
});

describe('decideWorkload, of others that stand first', () => {
  const first = pinger.carrying(a).putFirst('certs');
  const known = (...names: string[]) => [{ uid: 'uid-of-pinger', templateHash: '', names }];

  it('asks who put them there before it says anything of the order', () => {
    expect(writesOf(decided(first, [a]))).to.deep.equal(['ask-order pinger']);
    expect(writesOf(decided(first, [a], { othersFirst: known('certs') }))).to.deep.equal([]);
    expect(writesOf(decided(first, [a], { othersFirst: known() }))).to.deep.equal(['patch-target pinger']);
  });

  it('asks of a gate that is suspended, or waits for the next rollout, too', () => {
    expect(writesOf(decided(first, [a.suspended()]))).to.deep.equal(['ask-order pinger']);
    const patient = a.specifying({ updatePolicy: 'OnNextRollout' });
    expect(writesOf(decided(first, [patient]))).to.deep.equal(['ask-order pinger']);
  });

  it('asks nothing where a patch is due, whose answer tells as much', () => {
    expect(writesOf(decided(first, [a, c]))).to.deep.equal(['patch-target pinger']);
  });

  it('asks nothing of gates that are going away, or do not name it, and nothing of a Job', () => {
    expect(writesOf(decided(first, [a.deleting()]))).to.deep.equal(['clean-target pinger']);
    const migrate = gate('a').targets('Job/migrate').dependsOn(dns('api')).rendered();
    expect(writesOf(decided(job('migrate').carrying(migrate).putFirst('certs'), [migrate]))).to.deep.equal(
      [],
    );
  });
});

describe('decideWorkload, of what was refused or undone', () => {
  const refused = (at: number) => refusal('target', b, { target: 'Deployment/pinger', at });
  const undone = (ago: number) => {
    const mark = additionMark(b.gate, b.render, workload('pinger').workload.template);
    return [5, 4, 3, 2, 1].map((times) => ({
      ...{ target: 'Deployment/pinger', uid: 'uid-of-pinger', mark, at: NOW - times * ago },
    }));
  };

  it('leaves the gate out for a while, and no other', () => {
    const plan = decided(pinger, [a, b], { refusals: [refused(NOW - 1000)] });
    expect(changes(plan)).to.deep.equal(['+a']);
    expect(plan.next).to.equal(RETRY_REFUSED_AFTER_MS - 1000);
    expect(changes(decided(pinger, [a, b], { repairs: undone(1000) }))).to.deep.equal(['+a']);
  });

  it('tries it again when it is due', () => {
    const refusals = [refused(NOW - RETRY_REFUSED_AFTER_MS)];
    expect(changes(decided(pinger, [a, b], { refusals }))).to.deep.equal(['+a', '+b']);
    expect(changes(decided(pinger, [a, b], { repairs: undone(60_000) }))).to.deep.equal(['+a', '+b']);
  });

  it('takes a gate that is made again for another', () => {
    const again = b.with({ uid: 'another' });
    expect(changes(decided(pinger, [again], { repairs: undone(1000) }))).to.deep.equal(['+b']);
  });
});

describe('decideWorkload, of what a template requires', () => {
  const required = pinger.requiring('a').carrying(a);
  const elsewhere = a.targets('other');
  const cases: readonly (readonly [string, readonly GateBuilder[], boolean])[] = [
    ['does not exist', [], false],
    ['does not name it', [elsewhere], false],
    ['was deleted and did not name it', [elsewhere.deleting()], false],
    ['was deleted and cannot be read', [a.deleting().invalid('no')], false],
    ['was deleted and named it', [a.deleting()], true],
  ];
  for (const [which, gates, isTaken] of cases) {
    it(`${isTaken ? 'takes out' : 'spares'} a gate that ${which}`, () => {
      expect(changes(decided(required, gates))).to.deep.equal(isTaken ? ['-a'] : []);
      expect(changes(decided(pinger.carrying(a), gates)), 'where it is not required').to.deep.equal(['-a']);
    });
  }

  it('opens no Pod of a template that is spared', () => {
    const waiting = pod('pinger-1').of('pinger').carrying(a).checking('api');
    expect(writesOf(decided(required, [], waiting))).to.deep.equal([]);
  });
});

describe('decideWorkload, of Pods that wait in a gate that leaves', () => {
  const waiting = pod('pinger-1').of('pinger').carrying(a, b).checking('a/api');
  const carrying = pinger.carrying(a, b);

  it('cleans the template once the gate has opened them', () => {
    const gates = [a.deleting(), b];
    expect(changes(decided(carrying, gates, waiting))).to.deep.equal([]);
    expect(changes(decided(carrying, gates, waiting.opened('api')))).to.deep.equal(['-a']);
  });

  it('goes on with what they do not wait in', () => {
    expect(changes(decided(carrying, [a.deleting(), b, c], waiting))).to.deep.equal(['+c']);
  });
});

describe('decideWorkload, of a container of the user', () => {
  const own = gate('own').targets('pinger').dependsOn(container('mine'));
  const stored = own.rendered();
  const changed = stored.dependsOn(container('mine', 'other:1'));

  it('waits for the render to be accepted, and keeps the one before where it was refused', () => {
    expect(changes(decided(pinger, [changed]))).to.deep.equal([]);
    const refusals = [refusal('render', changed.withStatus({}), { gate: 'own', at: NOW })];
    expect(changes(decided(pinger, [changed], { refusals }))).to.deep.equal(['+own']);
    expect(patchOf(decided(pinger, [changed], { refusals }))?.additions[0]?.render).to.deep.equal(
      stored.render,
    );
  });
});

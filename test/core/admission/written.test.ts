import { expect } from 'chai';
import { findingOf, isInForce, writtenAt } from '../../../src/core/admission/written.ts';
import type { Workload } from '../../../src/core/model.ts';
import { dns, gate, job, type WorkloadBuilder, workload } from '../builders.ts';

const SINCE = '2026-03-01T10:00:00Z';
const BEFORE = '2026-03-01T09:00:00Z';
/** A moment after it, which is too soon for caches. */
const SOON = '2026-03-01T10:00:04Z';
const AFTER = '2026-03-01T10:00:05Z';
const LATER = '2026-03-01T10:10:00Z';
const SEEN_AT = Date.parse(LATER);

const first = gate('first').targets('pinger', 'Job/migrate').dependsOn(dns('api')).rendered();
const patient = first.specifying({ updatePolicy: 'OnNextRollout' });
const bare = workload('pinger');
const gated = bare.carrying(first);

const created = (of: WorkloadBuilder, at: string) => of.with({ createdAt: at, otherWroteAt: at });
/** @param others what is known to be first in it by admission */
const found = (after: WorkloadBuilder, before?: WorkloadBuilder, of = first, others?: readonly string[]) => {
  const { uid, templateHash } = after.workload;
  const known = others ? [{ uid, templateHash, names: others }] : [];
  const written = { before: before?.workload, after: after.workload, seenAt: SEEN_AT };
  return findingOf(written, of.gate, SINCE, known);
};
/** Somebody else writes it. */
const byOthers = (of: WorkloadBuilder, at: string, more: Partial<Workload> = {}) =>
  of.with({ otherWroteAt: at, generation: of.workload.generation + 1, ...more });

describe('isInForce', () => {
  it('needs a render that is stored, of a gate that is valid, not suspended and not going away', () => {
    expect(isInForce(first.gate)).to.equal(true);
    const none = [first.withStatus({}), first.invalid('no'), first.suspended(), first.deleting()];
    for (const one of none) expect(isInForce(one.gate)).to.equal(false);
  });
});

describe('findingOf, a target that is created', () => {
  it('after its gate was in force', () => {
    expect(found(created(bare, AFTER))).to.equal('skipped');
    expect(found(created(gated, AFTER))).to.equal('placed');
    expect(found(created(bare, AFTER), undefined, patient), 'OnNextRollout too').to.equal('skipped');
  });

  it('with others before the containers, once it is known who put them there', () => {
    const another = created(bare.own('own').carrying(first).putFirst('certs'), AFTER);
    expect(found(another)).to.equal(undefined);
    expect(found(another, undefined, first, [])).to.equal('skipped');
    expect(found(another, undefined, first, ['certs'])).to.equal('placed');
  });

  it('with an own one before the containers, beside one that admission puts first', () => {
    const another = created(bare.carrying(first).putFirst('own').putFirst('certs'), AFTER);
    expect(found(another, undefined, first, ['certs'])).to.equal('skipped');
  });

  it('again under its name', () => {
    expect(found(created(bare.with({ uid: 'another' }), AFTER), gated)).to.equal('skipped');
  });

  it('tells nothing when the gate was not there, or not for long enough', () => {
    for (const at of [BEFORE, SINCE, SOON]) expect(found(created(bare, at)), at).to.equal(undefined);
  });

  it('tells nothing when the operator has patched it since, or nobody knows who wrote it', () => {
    expect(found(created(gated, AFTER).with({ operatorWroteAt: LATER }))).to.equal(undefined);
    expect(found(created(bare, AFTER).with({ otherWroteAt: '' }))).to.equal(undefined);
  });

  it('tells nothing of a gate that is not in force, or cannot be placed', () => {
    expect(found(created(bare, AFTER), undefined, first.suspended())).to.equal(undefined);
    expect(found(created(bare.foreignVolume(first.gate.name), AFTER))).to.equal(undefined);
    expect(found(created(bare.deleting(), AFTER))).to.equal(undefined);
  });
});

describe('findingOf, a target that is changed', () => {
  const old = created(bare, BEFORE);
  const patched = created(gated, BEFORE).with({ operatorWroteAt: SINCE });

  it('without the containers although they were to be placed', () => {
    expect(found(byOthers(old, AFTER), old)).to.equal('skipped');
    expect(found(byOthers(patched.without('dgate-first--api'), AFTER), patched)).to.equal('skipped');
  });

  it('with containers that were not there before', () => {
    const placed = byOthers(old.carrying(first), AFTER);
    expect(found(placed, old)).to.equal('placed');
    expect(found(placed, old, patient)).to.equal('placed');
  });

  it('tells nothing when it keeps what was there: nobody had to place anything', () => {
    expect(found(byOthers(patched, AFTER), patched)).to.equal(undefined);
  });

  it('tells nothing when the operator has written it, alone or too', () => {
    expect(found(old.carrying(first).with({ operatorWroteAt: AFTER, generation: 2 }), old)).to.equal(
      undefined,
    );
    expect(found(byOthers(old, AFTER, { operatorWroteAt: AFTER }), old)).to.equal(undefined);
    const status = old.with({ resourceVersion: '300' });
    expect(found(status, old), 'nor when only its status has changed').to.equal(undefined);
  });

  it('is to be gated with OnNextRollout only by a change of its template', () => {
    expect(found(byOthers(old, AFTER), old, patient)).to.equal(undefined);
    expect(found(byOthers(old, AFTER, { templateHash: 'other' }), old, patient)).to.equal('skipped');
  });

  it('in the moment in which the gate changes tells nothing', () => {
    expect(found(byOthers(old, SOON), old)).to.equal(undefined);
  });

  it('by taking the containers out, which leaves no time behind, is told by the watch, which may be late', () => {
    const removed = byOthers(patched.without('dgate-first--api'), patched.workload.otherWroteAt);
    expect(found(removed, patched)).to.equal('skipped');
    const written = { before: patched.workload, after: removed.workload, seenAt: Date.parse(AFTER) };
    expect(findingOf(written, first.gate, SINCE, [])).to.equal(undefined);
    expect(writtenAt(written) < AFTER).to.equal(true);
    const scaled = old.with({ generation: 2 });
    expect(found(scaled, old), 'where there were none it may be another write').to.equal(undefined);
  });
});

describe('findingOf, a target in which admission puts others first', () => {
  const before = gated.own('own').putFirst('certs');

  it('tells nothing of a write that keeps all as it is', () => {
    expect(found(byOthers(before, AFTER), before, first, ['certs'])).to.equal(undefined);
  });

  it('tells of one that brings in an own container before ours, and of one that comes without it', () => {
    const wrong = byOthers(gated.putFirst('own').putFirst('certs'), AFTER);
    expect(found(wrong, before, first, ['certs'])).to.equal('skipped');
    expect(found(byOthers(before, LATER), wrong, first, ['certs'])).to.equal('placed');
  });
});

describe('findingOf, a target that was not seen before', () => {
  const seen = (of: WorkloadBuilder) => found(of, undefined);
  const changed = created(bare, BEFORE).with({ otherWroteAt: AFTER });

  it('is told of where others wrote it last, without the containers', () => {
    expect(seen(changed)).to.equal('skipped');
    expect(seen(changed.with({ operatorWroteAt: SINCE }))).to.equal('skipped');
  });

  it('is not where the operator did, nobody knows, or with OnNextRollout', () => {
    expect(seen(changed.with({ operatorWroteAt: AFTER }))).to.equal(undefined);
    expect(seen(changed.carrying(first))).to.equal(undefined);
    expect(found(changed, undefined, patient)).to.equal(undefined);
  });
});

describe('findingOf, a Job', () => {
  const migrate = job('migrate');

  it('is gated when it is created, and by no change', () => {
    expect(found(created(migrate, AFTER))).to.equal('skipped');
    const old = created(migrate, BEFORE);
    expect(found(byOthers(old, AFTER), old)).to.equal(undefined);
    expect(found(byOthers(old, AFTER))).to.equal(undefined);
  });
});

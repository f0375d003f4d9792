import { expect } from 'chai';
import { LASTING_MS } from '../../src/controller/denials.ts';
import { workloadReference } from '../../src/controller/stores.ts';
import { GATHER_MS } from '../../src/core/plan/gather.ts';
import { dns, gate, type WorkloadBuilder, workload } from '../core/builders.ts';
import { type Answers, answered, errorOf, ReconcileRig, type Sent, storing } from './reconcile-rig.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api')).rendered();
const OURS = 'dgate-api-first--api';
const pinger = workload('pinger').own('own');
const gated = pinger.carrying(apiFirst);
const behind = gated.putFirst('certs').with({ templateHash: 'now' });

const isWithout = ({ body }: Sent) => !JSON.stringify(body).includes(OURS);

/** An API server on which admission puts these first, in dry-runs and in what is stored. */
function injecting(...names: readonly string[]): Answers {
  const result = names.reduce((so, name) => so.putFirst(name), gated);
  return storing(result);
}

async function rigOf(answers: Answers, seen: WorkloadBuilder = behind): Promise<ReconcileRig> {
  const rig = new ReconcileRig(answers);
  rig.see(apiFirst, seen);
  await errorOf(rig.workload(seen));
  // Its gates have not changed of late.
  rig.later(GATHER_MS);
  return rig;
}

const known = (rig: ReconcileRig) =>
  rig.memory.workloads.of(workloadReference(pinger.workload)).othersFirst.map(({ names }) => names);
const bodies = (rig: ReconcileRig) => rig.sent.map(({ body }) => body);

describe('reconcile, of a workload in which others stand first', () => {
  it('asks by two dry-runs who put them there, and stores nothing where it was admission', async () => {
    const rig = await rigOf(injecting('certs'));
    const [order, without] = bodies(rig);
    expect(order)
      .to.have.nested.property('spec.template.spec')
      .that.deep.includes({
        '$setElementOrder/initContainers': [{ name: OURS }, { name: 'certs' }, { name: 'own' }],
      });
    expect(without).to.deep.equal({
      spec: { template: { spec: { initContainers: [{ name: 'certs', $patch: 'delete' }] } } },
    });
    expect(rig.tried()).to.deep.equal(['try pinger', 'try pinger']);
    expect(known(rig)).to.deep.equal([['certs']]);
    expect(rig.looked, 'its gate').to.deep.equal(['DependencyGate/my-namespace/api-first']);
    expect([await rig.workload(behind), rig.tried()]).to.deep.equal([undefined, []]);
    expect(rig.told).to.deep.equal([]);
  });

  it('asks again about another template', async () => {
    const rig = await rigOf(injecting('certs'));
    rig.tried();
    const next = behind.own('more').with({ templateHash: 'next', resourceVersion: '201' });
    rig.see(next);
    await rig.workload(next);
    expect(rig.tried()).to.deep.equal(['try pinger', 'try pinger']);
    expect(known(rig), 'of one template only').to.have.length(1);
  });

  it('patches, after one dry-run, where its author put them there', async () => {
    const rig = await rigOf(injecting());
    expect(rig.tried()).to.deep.equal(['try pinger']);
    await rig.workload(behind);
    expect(rig.tried()).to.deep.equal(['pinger']);
    expect(rig.told.map((one) => one.replace(/.*: /, ''))).to.deep.equal([`certs comes before ${OURS}`]);
  });

  it('patches where they do not come back, and tells the gate that it was in vain', async () => {
    const rig = await rigOf((sent) => storing(isWithout(sent) ? gated : gated.putFirst('certs'))(sent));
    expect(rig.tried()).to.deep.equal(['try pinger', 'try pinger']);
    rig.looked.splice(0);
    expect(await errorOf(rig.workload(behind))).to.include({ name: 'Undone' });
    expect(rig.looked).to.deep.equal(['DependencyGate/my-namespace/api-first']);
  });

  for (const [status, lasts] of [
    [400, 0],
    [403, LASTING_MS],
    [422, 0],
  ] as const) {
    it(`patches as ever where the question is refused with ${status}`, async () => {
      const rig = await rigOf((sent) => (sent.isDryRun ? answered(status) : storing(gated)(sent)));
      if (lasts > 0) {
        rig.later(lasts);
        await rig.workload(behind);
      }
      expect(new Set(rig.tried())).to.deep.equal(new Set(['try pinger']));
      expect(await rig.workload(behind)).to.equal(undefined);
      expect(rig.tried()).to.deep.equal(['pinger']);
    });
  }

  it('takes one answer of 403 for none, also after another long before', async () => {
    let status = 403;
    const rig = await rigOf((sent) => (status === 403 ? answered(403) : injecting('certs')(sent)));
    expect(known(rig)).to.deep.equal([]);
    status = 200;
    await rig.workload(behind);
    expect(known(rig)).to.deep.equal([['certs']]);
    rig.later(LASTING_MS);
    status = 403;
    const next = behind.own('more').with({ templateHash: 'next', resourceVersion: '201' });
    rig.see(next);
    expect(await errorOf(rig.workload(next))).to.include({ status: 403 });
    expect(known(rig), 'of the template before').to.deep.equal([['certs']]);
  });

  it("takes them for the template's own where only the second question is forbidden, and that lasts", async () => {
    const rig = await rigOf((sent) => (isWithout(sent) ? answered(403) : injecting('certs')(sent)));
    expect(known(rig)).to.deep.equal([]);
    rig.later(LASTING_MS);
    await rig.workload(behind);
    expect(known(rig)).to.deep.equal([[]]);
  });

  it('asks again where the API server cannot answer, and says so', async () => {
    const rig = new ReconcileRig(() => answered(500));
    rig.see(apiFirst, behind);
    expect(await errorOf(rig.workload(behind))).to.include({ status: 500 });
    expect(known(rig)).to.deep.equal([]);
    expect(rig.told).to.deep.equal([
      'pinger PatchFailed: Deployment pinger cannot be patched and is tried again: no',
    ]);
  });

  it('finds nothing wrong with an answer in which others are first, before they are asked about', async () => {
    const rig = await rigOf(injecting('certs'), pinger);
    await rig.workload(pinger);
    expect(rig.tried()).to.deep.equal(['pinger']);
    expect(rig.told.map((one) => one.split(':')[0])).to.deep.equal(['api-first Gated']);
    rig.see(behind.with({ resourceVersion: '201' }));
    await rig.workload(behind);
    expect(rig.tried()).to.deep.equal(['try pinger', 'try pinger']);
  });

  it('is in force to its gate meanwhile, and afterwards', async () => {
    const rig = new ReconcileRig(injecting('certs'));
    rig.see(apiFirst, behind);
    for (const _ of ['before it is asked', 'after it']) {
      await rig.gate(apiFirst);
      expect(JSON.stringify(rig.sent)).to.contain('"InForce"').and.not.contain('Patching');
      await rig.workload(behind);
      rig.tried();
    }
  });

  it('is asked about for a gate that is suspended too', async () => {
    const rig = new ReconcileRig(injecting('certs'));
    rig.see(apiFirst.suspended(), behind);
    await rig.workload(behind);
    expect(rig.tried()).to.deep.equal(['try pinger', 'try pinger']);
  });
});

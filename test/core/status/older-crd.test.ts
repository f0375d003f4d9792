import { expect } from 'chai';
import { gateJsonSchema } from '../../../src/api/crd.ts';
import { lackingFields } from '../../../src/api/kept-fields.ts';
import { EVALUATOR } from '../../../src/core/expression/expression.ts';
import type { GateStatus } from '../../../src/core/model.ts';
import { decide } from '../../../src/core/plan/decide.ts';
import { type OlderCrd, olderCrdWords } from '../../../src/core/status/older-crd.ts';
import type { World } from '../../../src/core/world.ts';
import { lacking } from '../../api/definition.ts';
import { ago, dns, gate, NOW, pod, workload, world } from '../builders.ts';

/** One that lacks a field. */
function without(path: string): OlderCrd {
  const schema = gateJsonSchema();
  lacking(path)(schema);
  return { lacking: lackingFields(gateJsonSchema(), schema), schema };
}

const first = gate('first').targets('app').dependsOn(dns('api')).rendered();
const app = workload('app').carrying(first);
const one = pod('app-1').of('app').carrying(first).open();
const planned = (olderCrd: OlderCrd | undefined, more: Partial<World> = {}) =>
  decide({ ...world(first, app, one), olderCrd, ...more }, NOW, EVALUATOR);
const ready = (status: GateStatus | undefined) =>
  status?.conditions?.find(({ type }) => type === 'Ready') ?? expect.fail('no Ready');

describe('decide, with an older CustomResourceDefinition', () => {
  it('writes of the status what is kept, so that it has nothing to write when it looks again', () => {
    const passed = without('status.targets.passed');
    expect(planned(undefined).status?.targets?.[0]).to.have.property('passed');
    expect(planned(passed).status?.targets?.[0]).to.include({ name: 'app' }).and.not.have.property('passed');
    const stored = first.with({ status: planned(passed).status ?? {} });
    const again = decide({ ...world(stored, app, one), olderCrd: passed }, NOW + 5000, EVALUATOR);
    expect(again.status).to.deep.equal(stored.gate.status);
  });

  it('says it in Ready, and the gate is in force all the same', () => {
    const { status, message } = ready(planned(without('status.targets.passed')).status);
    expect(status).to.equal('True');
    expect(message).to.contain('; the CustomResourceDefinition').and.to.contain('status.targets[].passed:');
  });

  it('says of an ungated first start to apply the one of this release, where refusing goes by what is dropped', () => {
    const bare = pod('app-2').of('app').open();
    const young = workload('app')
      .carrying(first)
      .with({ createdAt: ago(60) });
    const said = (path: string) => {
      const around = {
        ...world(first, young, bare),
        olderCrd: without(path),
        firstStarts: 'patched' as const,
      };
      return decide(around, NOW, EVALUATOR).status?.targets?.[0]?.message ?? '';
    };
    const [apply, install] = [
      /^FirstStartUngated: .*apply the CustomResourceDefinition/,
      /^FirstStartUngated: .*install/,
    ];
    expect(said('status.targets.firstStart')).to.match(apply);
    expect(said('status.targets.passed')).to.match(install);
  });

  describe('that would drop a part of the render', () => {
    const crd = without('status.render.initContainers.securityContext');
    const fresh = gate('first').withFinalizer().targets('app').dependsOn(dns('api'));

    it('stores no such render, and is Stalled', () => {
      const { status, writes } = decide({ ...world(fresh, workload('app')), olderCrd: crd }, NOW, EVALUATOR);
      expect(writes).to.deep.equal([]);
      expect(status).to.not.have.property('render');
      expect(ready(status)).to.include({ status: 'False', reason: 'CrdOutdated' });
      expect(ready(status).message).to.equal(olderCrdWords(crd));
    });

    it('keeps what is in force', () => {
      const { status } = planned(without('spec.when'));
      expect(status?.render).to.deep.equal(first.render);
    });
  });
});

describe('olderCrdWords', () => {
  it('name three fields and count the others', () => {
    expect(olderCrdWords({ lacking: ['a', 'b', 'c', 'd', 'e'] })).to.contain(
      'keeps no a, b, c and 2 more: apply',
    );
  });
});

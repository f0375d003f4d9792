import { expect } from 'chai';
import { type Wait, waitsOf } from '../../../src/commands/list/waits.ts';
import type { Gate } from '../../../src/core/model.ts';
import { ago, dns, gate, pod, tcp, workload } from '../../core/builders.ts';
import { explained, NO_SERVICE } from '../explain/explained.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
const pinger = workload('pinger').carrying(apiFirst);
const one = (name = 'pinger-1') => pod(name).of('pinger').carrying(apiFirst);

/** The gate with the status that the operator gives it. */
const seen = (...args: Parameters<typeof explained>): Gate => explained(...args).gate;
const brief = ({ gate: name, state, dependency = '-', pods, why }: Wait) =>
  `${name} ${state} ${dependency} ${pods}: ${why}`;

describe('what waits', () => {
  it('is a line for each dependency that keeps Pods, with what it asks, since when and why', () => {
    const of = seen(
      apiFirst,
      [pinger, one().passed('api', ago(300)).checking('redis'), one('pinger-2').checking('api')],
      { observations: { redis: NO_SERVICE } },
    );
    const waits = waitsOf([of]);
    expect(waits.map(brief)).to.deep.equal([
      "api-first Waiting api 1: see the Pods' logs",
      'api-first Waiting redis 1: Service redis does not exist',
    ]);
    expect(waits[1]).to.deep.include({
      namespace: 'my-namespace',
      check: 'tcp redis:6379',
      podNames: ['pinger-1'],
      since: ago(300),
    });
  });

  it('is nothing of a gate that is open', () => {
    const of = seen(apiFirst, [pinger, one().passed('api').passed('redis')]);
    expect(waitsOf([of])).to.deep.equal([]);
  });

  it('is in the order of namespaces and names', () => {
    const of = seen(apiFirst, [pinger, one().checking('api')]);
    const named = (namespace: string, name: string): Gate => ({ ...of, namespace, name });
    const waits = waitsOf([named('b', 'a'), named('a', 'z'), named('a', 'b')]);
    expect(waits.map((wait) => `${wait.namespace}/${wait.gate}`)).to.deep.equal(['a/b', 'a/z', 'b/a']);
  });

  it('says of a gate that no operator has seen that none has', () => {
    const of: Gate = { ...seen(apiFirst, []), status: {} };
    expect(waitsOf([of]).map(brief)).to.deep.equal([
      'api-first Pending - 0: no operator has written its status yet',
    ]);
  });

  it('is a target that does not exist, as a misspelt one', () => {
    expect(waitsOf([seen(apiFirst, [])]).map(brief)).to.deep.equal([
      'api-first Pending - 0: TargetMissing: Deployment pinger does not exist yet: if nothing is to come, correct name and kind',
    ]);
  });

  it('begins with what stalls a gate', () => {
    const of = seen(apiFirst.invalid('spec.targets: Required value'), []);
    const [first] = waitsOf([of]);
    expect(first).to.deep.include({ state: 'Stalled', pods: 0 });
    expect(first?.why).to.contain('spec.targets: Required value');
  });

  it('is Failed where a Pod will never pass', () => {
    const of = seen(apiFirst, [pinger, one().ended('api')]);
    expect(waitsOf([of]).map(({ state }) => state)).to.include('Failed');
  });
});

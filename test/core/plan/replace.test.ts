import { expect } from 'chai';
import { replaceOldPods, replacesOldPods } from '../../../src/core/plan/replace.ts';
import {
  ago,
  daemonSet,
  dns,
  gate,
  type PodBuilder,
  pod,
  statefulSet,
  type WorkloadBuilder,
  workload,
} from '../builders.ts';

const apiFirst = gate('api-first').dependsOn(dns('api'));
const changed = gate('api-first').dependsOn(dns('other'));
const aaFirst = gate('aa-first').dependsOn(dns('db'));
const set = statefulSet('db').carrying(changed);
/** A Pod of the StatefulSet's previous revision, waiting. */
const old = (name = 'db-0', ...gates: (typeof apiFirst)[]) =>
  pod(name)
    .of('StatefulSet/db')
    .carrying(apiFirst, ...gates)
    .revision('db-old');

const replaced = ({ workload }: WorkloadBuilder, ...pods: PodBuilder[]) =>
  replaceOldPods(
    workload,
    pods.map(({ pod }) => pod),
    'api-first',
    changed.render,
  ).flatMap((write) => (write.do === 'delete-pod' ? [write.pod.name] : []));

describe('replacesOldPods', () => {
  it('holds for StatefulSets and for OnDelete, which leave old Pods where they are', () => {
    expect(replacesOldPods(statefulSet('db').workload)).to.equal(true);
    expect(replacesOldPods(daemonSet('agent').onDelete().workload)).to.equal(true);
  });

  it('does not hold where Kubernetes replaces old Pods itself', () => {
    expect(replacesOldPods(workload('pinger').workload)).to.equal(false);
    expect(replacesOldPods(daemonSet('agent').workload)).to.equal(false);
  });
});

describe('replaceOldPods', () => {
  it("deletes a StatefulSet's Pod of an older revision that waits in the gate", () => {
    expect(replaced(set, old().checking('api'))).to.deep.equal(['db-0']);
    expect(replaced(set, old().failed('api'))).to.deep.equal(['db-0']);
    expect(replaced(set, old())).to.deep.equal(['db-0']);
  });

  it('deletes one whose template is older for another reason than the gate, too: it would wait for ever as well', () => {
    const sameRender = pod('db-0').of('StatefulSet/db').carrying(changed).revision('db-old');
    expect(replaced(set, sameRender.checking('other'))).to.deep.equal(['db-0']);
  });

  const overwritten = (at: string) =>
    pod('agent-0')
      .of('DaemonSet/agent')
      .carrying(changed)
      .overwritten('dgate-api-first--other', { image: 'app:2' })
      .failed('other')
      .with({ createdAt: at });

  it('deletes one whose waiter was overwritten in the template, and none that injectors have changed', () => {
    const agent = daemonSet('agent')
      .onDelete()
      .carrying(changed)
      .with({ operatorWroteAt: ago(30) });
    expect(replaced(agent, overwritten(ago(40)))).to.deep.equal(['agent-0']);
    expect(replaced(agent, overwritten(ago(20)))).to.deep.equal([]);
  });

  const kept: Readonly<Record<string, readonly [WorkloadBuilder, PodBuilder]>> = {
    'of the current revision': [set, pod('db-0').of('StatefulSet/db').carrying(changed).revision('db-new')],
    'that is through': [set, old().open()],
    'that is through and runs its own init containers': [set, old().passed('api')],
    'that is terminating': [set, old().checking('api').deleting()],
    'that waits in another gate': [set, old('db-0', aaFirst).checking('db')],
    'while the controller has not seen the template': [set.unobserved(), old().checking('api')],
    'below the partition': [set.partition(2), old('db-1').checking('api')],
    'that Kubernetes replaces itself': [workload('db').carrying(changed), old().checking('api')],
  };
  for (const [which, [of, builder]] of Object.entries(kept)) {
    it(`keeps a Pod ${which}`, () => {
      expect(replaced(of, builder)).to.deep.equal([]);
    });
  }

  it('deletes at the partition and above, going by the ordinal as a number', () => {
    const pods = ['db-1', 'db-2', 'db-10'].map((name) => old(name).checking('api'));
    expect(replaced(set.partition(2), ...pods)).to.deep.equal(['db-2', 'db-10']);
  });

  it('deletes with OnDelete the Pods that carry another render, where no revision is known', () => {
    const agent = daemonSet('agent').onDelete().carrying(changed);
    const of = (carrying: typeof apiFirst) => pod('agent-x').of('DaemonSet/agent').carrying(carrying);
    expect(replaced(agent, of(apiFirst).revision('7f').checking('api'))).to.deep.equal(['agent-x']);
    expect(replaced(agent, of(changed).revision('7f').checking('other'))).to.deep.equal([]);
  });
});

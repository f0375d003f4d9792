import { expect } from 'chai';
import { KeptComparisons } from '../../../src/core/progress/kept-comparisons.ts';
import { carriesRender, podProgress } from '../../../src/core/progress/pod-progress.ts';
import { driftOf } from '../../../src/core/render/others-first.ts';
import { isRenderOf } from '../../../src/core/render/render.ts';
import { dns, gate, pod, tcp, workload } from '../builders.ts';

const GATE = 'api-first';
const one = gate(GATE).dependsOn(dns('api'), tcp('redis', 6379));
const other = gate(GATE).dependsOn(dns('db'));
const pods = [pod('a').carrying(one).checking('api'), pod('b').carrying(other), pod('c')].map(
  (builder) => builder.pod,
);

describe('KeptComparisons', () => {
  it('answer as if each had been made anew, in whatever order they are asked for', () => {
    const comparisons = new KeptComparisons();
    for (const [a, b] of [
      [one, one],
      [other, one],
      [one, other],
      [one, one],
      [other, other],
    ] as const) {
      expect(comparisons.isRenderOf(a.render, GATE, b.spec)).to.equal(isRenderOf(a.render, GATE, b.spec));
      const carries = comparisons.carriesRender(GATE, a.render);
      expect(pods.map(carries)).to.deep.equal(pods.map(carriesRender(GATE, a.render)));
      for (const each of pods)
        expect(comparisons.podProgress(each, GATE)).to.deep.equal(podProgress(each, GATE));
    }
    expect(comparisons.isRenderOf(undefined, GATE, one.spec)).to.equal(false);
    expect(pods.map(comparisons.carriesRender(GATE, undefined))).to.deep.equal([false, false, false]);
  });

  it('see another version of a Pod, and of a render, for what it is', () => {
    const comparisons = new KeptComparisons();
    const [waiting] = pods;
    if (!waiting) throw new Error('no Pod');
    expect(comparisons.carriesRender(GATE, one.render)(waiting)).to.equal(true);
    expect(comparisons.podProgress(waiting, GATE).state).to.equal('waiting');
    const passed = pod('a').carrying(one).open().pod;
    expect(comparisons.podProgress(passed, GATE).state).to.equal('open');
    expect(comparisons.carriesRender(GATE, one.render)({ ...waiting, annotations: {} })).to.equal(false);
    expect(comparisons.carriesRender(GATE, { ...one.render, hash: 'x' })(waiting)).to.equal(false);
  });

  it('share the places of dependencies between Pods of the same containers', () => {
    const comparisons = new KeptComparisons();
    const [a] = pods;
    if (!a) throw new Error('no Pod');
    const placesIn = (one: typeof a) =>
      comparisons.podProgress(one, GATE).dependencies.map(({ place }) => place);
    const [first] = placesIn(a);
    expect(placesIn({ ...a, name: 'another' })[0]).to.equal(first);
    expect(placesIn({ ...a, contents: [...a.contents] })[0]).to.deep.equal(first);
  });

  it('compare a template again for another version of it, another render and other answers of the API server', () => {
    const { driftOf: kept } = new KeptComparisons();
    const injection = { gate: GATE, render: one.render, target: 'Deployment/app' };
    const carrying = workload('app').carrying(one).workload;
    const bare = workload('app').workload;
    const behind = workload('app').carrying(one).putFirst('own').workload;
    const known = [{ uid: behind.uid, templateHash: behind.templateHash, names: ['own'] }];
    for (const [version, render, answers] of [
      [carrying, one.render, []],
      [bare, one.render, []],
      [carrying, other.render, []],
      [behind, one.render, []],
      [behind, one.render, known],
      [behind, one.render, []],
      [carrying, one.render, []],
    ] as const) {
      const wanted = { ...injection, render };
      expect(kept(version, wanted, answers)).to.deep.equal(driftOf(version, wanted, answers));
    }
    const again = () => kept(carrying, { ...injection }, [...known]);
    expect(again()).to.equal(again());
  });

  it('are made once of what is still there', () => {
    const comparisons = new KeptComparisons();
    const { render } = one;
    const carries = comparisons.carriesRender(GATE, render);
    expect(comparisons.carriesRender(GATE, render)).to.equal(carries);
  });
});

import { expect } from 'chai';
import { checkExpression, evaluateExpression } from '../../../src/core/expression/expression.ts';

const reads = (expression: string) => checkExpression(expression).reads;

describe('what an expression reads', () => {
  const NONE = { labels: [], annotations: [], images: false, nodeName: false };
  const ofPod: readonly [expression: string, pod: object | undefined][] = [
    ['object.status.ready', undefined],
    ['object.pod.labels.a == "b"', undefined],
    ['object.list.all(pod, pod.ready && pod.labels.a == "b")', undefined],
    ['pod.labels.a == "b"', { ...NONE, labels: ['a'] }],
    ['pod.labels["a/b"] == "c" && "d" in pod.labels', { ...NONE, labels: ['a/b', 'd'] }],
    ['has(pod.labels.a) || has(pod.annotations.b)', { ...NONE, labels: ['a'], annotations: ['b'] }],
    ['pod.labels[object.metadata.name] == "b"', { ...NONE, labels: 'all' }],
    ['pod.labels.exists(key, key == "a")', { ...NONE, labels: 'all' }],
    ['size(pod.annotations) > 0', { ...NONE, annotations: 'all' }],
    ['object.image in pod.images', { ...NONE, images: true }],
    ['"app:1" in pod.images', { ...NONE, images: true }],
    ['pod.images.exists(i, i == object.image)', { ...NONE, images: true }],
    ['pod.images[0] == "app:1"', { ...NONE, images: true }],
    ['object.spec.nodeName == pod.nodeName', { ...NONE, nodeName: true }],
    ['object.list.all(pod, pod > 1) && pod.labels.a == "b"', { ...NONE, labels: ['a'] }],
  ];
  for (const [expression, pod] of ofPod) {
    it(`is, of the Pod, ${JSON.stringify(pod) ?? 'nothing'}: ${expression}`, () => {
      expect(checkExpression(expression).problem).to.equal(undefined);
      expect(reads(expression).pod).to.deep.equal(pod);
    });
  }

  it('is, of what is remembered of an object, what the text names, or all of it', () => {
    const of = (expression: string) => reads(expression).object;
    expect(of('object.metadata.labels["a/b"] == pod.labels.c')).to.deep.equal({
      ...{ labels: ['a/b'], annotations: [], spec: false },
    });
    expect(of('object.metadata.annotations.a == "b" && has(object.status.x)')).to.deep.equal({
      ...{ labels: [], annotations: ['a'], spec: false },
    });
    const all = { labels: 'all', annotations: 'all', spec: true };
    expect(of('object == {} || size(object) == 1')).to.deep.equal(all);
    expect(of('object.metadata == {}')).to.deep.equal({ ...all, spec: false });
    expect(of('object.spec.template.spec.containers.exists(c, c.image in pod.images)').spec).to.equal(true);
  });

  const problems: readonly (readonly [string, string])[] = [
    ['pod == object', '1:1: pod has these fields'],
    ['pod.spec.nodeName == "a"', '1:4: pod has these fields'],
    ['pod["labels"].a == "b"', '1:1: pod has these fields'],
    ['has(pod.status)', ': pod has these fields'],
    ['pod.nodeName', '1:4: the result is not a boolean'],
    ['pod.images && true', ': the result is not a boolean'],
  ];
  for (const [expression, problem] of problems) {
    it(`is refused where the Pod has no such thing: ${expression}`, () => {
      expect(checkExpression(expression).problem).to.contain(problem.replace(/^:/, ''));
    });
  }

  it('is what it is evaluated with', () => {
    const pod = { labels: { version: '2' }, annotations: {}, images: ['app:2'], nodeName: 'a' };
    const object = (version: string) => ({ metadata: { labels: { version } }, image: `app:${version}` });
    for (const expression of [
      'object.metadata.labels.version == pod.labels.version',
      'object.image in pod.images && !("x" in pod.annotations) && pod.nodeName == "a"',
    ]) {
      expect(evaluateExpression(expression, object('2'), pod)).to.deep.equal({ is: 'true' });
      expect(evaluateExpression(expression, object('1'), pod)).to.deep.equal({ is: 'false' });
    }
    expect(evaluateExpression('pod.labels.other == "x"', object('1'), pod)).to.deep.equal({
      is: 'error',
      message: 'no such field: other',
    });
  });
});

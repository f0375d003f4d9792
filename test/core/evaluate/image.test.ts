import { expect } from 'chai';
import fc from 'fast-check';
import { imagesMatch } from '../../../src/core/evaluate/image.ts';

describe('imagesMatch', () => {
  const DIGEST = `@sha256:${'a'.repeat(64)}`;
  const OTHER = `@sha256:${'b'.repeat(64)}`;
  const cases: readonly [what: string, object: string[], pod: string[], matches: boolean][] = [
    ['the same image', ['app:1'], ['app:1'], true],
    ['another tag', ['app:1'], ['app:2'], false],
    ['another repository with the same tag', ['app:1'], ['web:1'], false],
    ['another repository of the same last element', ['shop/app:1'], ['bank/app:1'], false],
    ['one of several', ['tools:9', 'app:1'], ['app:1', 'proxy:3'], true],
    ['a sidecar in both, and the app in another version', ['app:1', 'proxy:3'], ['app:2', 'proxy:3'], false],
    ['a sidecar in another version', ['app:1', 'proxy:3'], ['app:1', 'proxy:4'], false],
    ['two versions in the Pod, of which the object has one', ['app:1'], ['app:2', 'app:1'], false],
    ['two versions in both', ['app:1', 'app:2'], ['app:2', 'app:1'], true],
    ['the app, and tools in two versions in the Pod', ['app:1', 'sh:1'], ['app:1', 'sh:1', 'sh:2'], true],
    ['an image twice in the Pod', ['app:1'], ['app:1', 'mirror.local/app:1'], true],
    ['no tag, which is latest', ['app'], ['app:latest'], true],
    ['a registry with a port and no tag', ['registry:5000/app'], ['app:5000'], false],
    ['another registry', ['registry.example/shop/app:1'], ['mirror.local:5000/shop/app:1'], true],
    ['a mirror that keeps the registry', ['shop/app:1'], ['mirror.local/docker.io/shop/app:1'], true],
    ['the library of the default registry', ['busybox:1'], ['docker.io/library/busybox:1'], true],
    ['a digest that was added to the Pod', ['app:1'], [`app:1${DIGEST}`], true],
    ['the same digest under another tag', [`app:1${DIGEST}`], [`app:2${DIGEST}`], true],
    ['another digest under the same tag', [`app:1${DIGEST}`], [`app:1${OTHER}`], false],
    ['a digest without a tag, and a tag', [`app${DIGEST}`], ['app:latest'], false],
    ['no images at all', [], ['app:1'], false],
    ['a Pod without any', ['app:1'], [], false],
  ];
  for (const [what, object, pod, matches] of cases) {
    it(`is ${matches} of ${what}`, () => expect(imagesMatch(object, pod)).to.equal(matches));
  }

  const name = fc.constantFrom('app', 'web', 'proxy', 'org/app', 'r.example/app', 'r.example:5000/org/app');
  const image = fc
    .tuple(name, fc.constantFrom('', ':1', ':2', DIGEST, `:1${OTHER}`))
    .map((parts) => parts.join(''));
  const images = fc.array(image, { maxLength: 4 });

  it('never matches where no image is of the Pod, and always of its very own', () => {
    fc.assert(
      fc.property(images, (pod) => {
        expect(imagesMatch(['other:1'], pod)).to.equal(false);
        if (pod.length > 0) expect(imagesMatch(pod, pod)).to.equal(true);
      }),
    );
  });

  it('never matches a release of which every image has another tag than the Pod', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), (names) => {
        expect(
          imagesMatch(
            names.map((one) => `${one}:1`),
            names.map((one) => `${one}:2`),
          ),
        ).to.equal(false);
      }),
    );
  });
});

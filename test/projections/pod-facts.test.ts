import { expect } from 'chai';
import { projectPod } from '../../src/projections/project-pod.ts';

const metadata = { name: 'a', namespace: 'shop', uid: 'u', resourceVersion: '1' };

describe('what is kept of a Pod to be compared', () => {
  it('is its labels, short annotations of others, the images of its own containers, and its node', () => {
    const raw = {
      metadata: {
        ...metadata,
        labels: { version: '2', 'dependencygate.dev/gated': 'true' },
        annotations: {
          'shop/commit': 'abc',
          'gate.dependencygate.dev/first': 'hash',
          'open.dependencygate.dev/first.migrate': '1',
          'dependencygate.dev/target': 'Deployment/a',
          long: 'x'.repeat(257),
        },
      },
      spec: {
        nodeName: 'node-1',
        initContainers: [
          { name: 'dgate-first--migrate', image: 'gate:1' },
          { name: 'own', image: 'tools:1' },
        ],
        containers: [
          { name: 'web', image: 'app:2' },
          { name: 'worker', image: 'app:2' },
          { name: 'proxy', image: 'proxy:3' },
        ],
      },
    };
    expect(projectPod(raw).facts).to.deep.equal({
      labels: { version: '2', 'dependencygate.dev/gated': 'true' },
      annotations: { 'shop/commit': 'abc' },
      images: ['app:2', 'proxy:3'],
      nodeName: 'node-1',
    });
  });

  it('is none of its images where not all of them can be kept: the rest might be those of every release', () => {
    const imagesOf = (...images: readonly string[]) =>
      projectPod({ metadata, spec: { containers: images.map((image, at) => ({ name: `c${at}`, image })) } })
        .facts.images;
    const many = Array.from({ length: 64 }, (_, at) => `app-${at}:1`);
    expect(imagesOf(...many)).to.deep.equal(many);
    expect(imagesOf(...many, 'app:2')).to.deep.equal([]);
    expect(imagesOf('proxy:1', 'x'.repeat(513))).to.deep.equal([]);
  });

  it('is nothing of what cannot be read', () => {
    const { facts, unreadable } = projectPod({ metadata, spec: { containers: 'none', nodeName: 1 } });
    expect(facts).to.deep.equal({ labels: {}, annotations: {}, images: [], nodeName: '' });
    expect(unreadable).to.match(/^spec\./);
  });
});

import { expect } from 'chai';
import { podTemplateSchema, viewTemplate } from '../../../src/core/render/template.ts';

/** What a template looks like once it has been read from JSON. */
const view = (template: unknown) => viewTemplate(podTemplateSchema.parse(template));

describe('viewTemplate', () => {
  it('sees nothing in a template without metadata, init containers and volumes', () => {
    const nothing = {
      initContainers: [],
      contents: [],
      volume: 'absent',
      annotations: {},
      gated: false,
      required: [],
    };
    expect(view({ spec: { containers: [] } })).to.deep.equal(nothing);
    expect(view({ metadata: null, spec: { initContainers: null, volumes: null } })).to.deep.equal(nothing);
  });

  it('keeps the order of the init containers, and of annotations those of our group', () => {
    const template = {
      metadata: {
        annotations: {
          'gate.dependencygate.dev/api-first': 'abc',
          'dependencygate.dev/target': 'Deployment/pinger',
          'example.com/dependencygate.dev': 'x',
          'notdependencygate.dev/x': 'x',
          plain: 'x',
        },
        labels: { 'dependencygate.dev/gated': 'true', 'dependencygate.dev/require': 'api-first_db-first' },
      },
      spec: { initContainers: [{ name: 'b' }, { name: 'a', image: 'x' }] },
    };
    expect(view(template)).to.deep.equal({
      initContainers: ['b', 'a'],
      contents: [],
      volume: 'absent',
      annotations: {
        'gate.dependencygate.dev/api-first': 'abc',
        'dependencygate.dev/target': 'Deployment/pinger',
      },
      gated: true,
      required: ['api-first', 'db-first'],
    });
  });

  it('takes only the value "true" of the label for gated', () => {
    expect(view({ metadata: { labels: { 'dependencygate.dev/gated': 'false' } }, spec: {} }).gated).to.equal(
      false,
    );
  });

  it('tells our volume from a foreign one of the same name, and from others', () => {
    const volume = (...volumes: object[]) => view({ spec: { volumes } }).volume;
    const ours = { name: 'dependency-gate', downwardAPI: { items: [] } };
    expect(volume({ name: 'data', emptyDir: {} }, { name: 'config', configMap: { name: 'c' } })).to.equal(
      'absent',
    );
    expect(volume({ name: 'data', emptyDir: {} }, ours)).to.equal('ours');
    expect(volume({ name: 'dependency-gate', emptyDir: {} })).to.equal('foreign');
  });
});

describe('podTemplateSchema', () => {
  it('keeps every field that it does not know', () => {
    const template = {
      metadata: { labels: { app: 'x' }, creationTimestamp: null },
      spec: {
        initContainers: [{ name: 'a', image: 'a:1', env: [{ name: 'B' }] }],
        containers: [{ name: 'app' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
        nodeSelector: { disk: 'ssd' },
      },
    };
    expect(podTemplateSchema.parse(template)).to.deep.equal(template);
  });
});

import { expect } from 'chai';
import { podTemplateSchema, viewTemplate } from '../../../src/core/render/template.ts';

/** What a template looks like once it has been read from JSON. */
const view = (template: unknown) => viewTemplate(podTemplateSchema.parse(template));

const PLAIN = {
  isWindows: false,
  hasPodResources: false,
  takenNames: [],
  nodeVolumes: [],
  sources: {},
  pullSecrets: [],
};

describe('viewTemplate', () => {
  it('sees nothing in a template without metadata, init containers and volumes', () => {
    const nothing = {
      ...{ initContainers: [], contents: [], ...PLAIN, volumes: [], foreignVolumes: [], annotations: {} },
      ...{ guaranteed: false, firm: [], gated: false, required: [] },
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
      ...PLAIN,
      volumes: [],
      foreignVolumes: [],
      guaranteed: false,
      firm: [],
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

  it("tells a gate's volume from a user's own of the same name, and from others", () => {
    const annotations = { downwardAPI: { items: [{ path: 'annotations' }] } };
    const map = { configMap: { name: 'trust' } };
    const volumes = [
      { name: 'data', emptyDir: {} },
      { name: 'dgate-a', projected: { sources: [annotations] } },
      { name: 'dgate-b', projected: { sources: [map, annotations], defaultMode: 420 } },
      { name: 'dgate-c', emptyDir: {} },
      { name: 'dgate-d', projected: null },
      { name: 'dgate-e', projected: { sources: null } },
      { name: 'dgate-f', projected: { sources: [map, { downwardAPI: { items: null } }] } },
      { name: 'dgate-g', projected: { sources: [{ downwardAPI: { items: [{ path: 'labels' }] } }] } },
      { name: 'dgate-h', downwardAPI: annotations.downwardAPI },
    ];
    const { volumes: names, foreignVolumes } = view({ spec: { volumes } });
    expect(names).to.deep.equal(volumes.map(({ name }) => name));
    expect(foreignVolumes).to.deep.equal(['c', 'd', 'e', 'f', 'g', 'h'].map((gate) => `dgate-${gate}`));
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

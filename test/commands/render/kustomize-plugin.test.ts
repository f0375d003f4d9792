import { expect } from 'chai';
import { stringify } from 'yaml';
import { REQUIRE_LABEL } from '../../../src/api/names.ts';
import { type PodTemplate, podTemplateSchema } from '../../../src/core/render/template.ts';
import { outputOf, RENDER_SCRIPT, run, useFolder, useProgram } from '../programs.ts';
import { DEPLOYMENT, GATE, gateOf, objectsOf, printed, templateIn } from './input.ts';

const KUSTOMIZATION = 'resources: [base.yaml]\npatches: [{path: patch.yaml}]\n';

/** A Deployment with a template that has these lists; null stands as it is. */
function deployment(lists: object, metadata: object = {}): string {
  const template = { metadata, spec: { containers: [{ name: 'app', image: 'app:1' }], ...lists } };
  return stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'pinger' },
    spec: { template },
  });
}

const own = (...names: string[]) => ({ initContainers: names.map((name) => ({ name, image: `${name}:1` })) });
const volumes = (...names: string[]) => ({ volumes: names.map((name) => ({ name, emptyDir: {} })) });

/** What kustomize leaves out of a template, or adds to it as empty, means nothing. */
function tidy(template: PodTemplate): PodTemplate {
  return podTemplateSchema.parse(
    JSON.parse(JSON.stringify(template, (_key, value: unknown) => (value === null ? undefined : value))),
  );
}

describe('render --output patch, built by kubectl kustomize', function () {
  this.timeout(120_000);
  const kubectl = useProgram('kubectl');
  const folder = useFolder();

  const OLD = gateOf('a-first', ['pinger'], {
    dependencies: [
      { name: 'gone', dns: { host: 'x' } },
      { name: 'api', http: { url: 'http://api/', headers: [{ name: 'a', value: 'b' }] }, periodSeconds: 7 },
    ],
  });
  const bases: Readonly<Record<string, string>> = {
    'no init container of its own': deployment({}),
    'one of its own': deployment(own('migrate')),
    'several of its own, in no order of names': deployment(own('zeta', 'alpha', 'dgate', 'migrate')),
    'lists that are null': deployment(
      { initContainers: null, volumes: null },
      { labels: null, annotations: null },
    ),
    'volumes of its own': deployment({ ...own('migrate'), ...volumes('zeta', 'alpha') }),
    'another gate in it': printed([deployment({ ...own('migrate'), ...volumes('x') })], {}, [
      gateOf('b-other', ['pinger']),
    ]),
    'an older render in it': printed([deployment({ ...own('migrate'), ...volumes('x') })], {}, [OLD]),
    'labels and annotations': deployment(own('m'), {
      labels: { app: 'x', [REQUIRE_LABEL]: 'zoo' },
      annotations: { a: 'b' },
    }),
  };

  for (const [what, base] of Object.entries(bases)) {
    it(`is what inject gives, order included, for a template with ${what}`, () => {
      const gates = [gateOf('c-first', ['pinger']), gateOf('a-first', ['pinger'])];
      folder.write({
        'base.yaml': base,
        'patch.yaml': printed([base], { output: 'patch' }, gates),
        'kustomization.yaml': KUSTOMIZATION,
      });
      const built = templateIn(outputOf([kubectl(), 'kustomize', folder.path]));
      expect(tidy(built)).to.deep.equal(tidy(templateIn(printed([base], {}, gates))));
    });
  }

  it('is what inject gives where a gate stands behind an init container of the template', () => {
    const base = deployment(own('zeta', 'proxy', 'migrate'));
    const gates = [gateOf('c-first', ['pinger'], { after: 'proxy' }), gateOf('a-first', ['pinger'])];
    folder.write({
      'base.yaml': base,
      'patch.yaml': printed([base], { output: 'patch' }, gates),
      'kustomization.yaml': KUSTOMIZATION,
    });
    const built = templateIn(outputOf([kubectl(), 'kustomize', folder.path]));
    expect(built.spec.initContainers?.map(({ name }) => name)).to.deep.equal([
      ...['dgate-a-first--api', 'zeta', 'proxy', 'dgate-c-first--api', 'migrate'],
    ]);
    expect(tidy(built)).to.deep.equal(tidy(templateIn(printed([base], {}, gates))));
  });

  it('is one patch for each target, with all its gates, and names none of the target’s own init containers', () => {
    const patches = objectsOf(printed([GATE, DEPLOYMENT], { output: 'patch' }, [gateOf('b', ['pinger'])]));
    expect(patches).to.have.length(1);
    const names = templateIn(stringify(patches[0])).spec.initContainers?.map(({ name }) => name);
    expect(names).to.deep.equal(['dgate-api-first--api', 'dgate-api-first--redis', 'dgate-b--api']);
  });
});

const FUNCTION = (args: string) =>
  `    annotations:\n      config.kubernetes.io/function: |\n        exec: {path: ./render, args: [${args}]}\n`.replaceAll(
    /^ {2}/gm,
    '',
  );

describe('render as a kustomize function', function () {
  this.timeout(120_000);
  const kustomize = useProgram('kustomize');
  const folder = useFolder();
  const build = () => run([kustomize(), 'build', '--enable-alpha-plugins', '--enable-exec', folder.path]);
  const base = deployment(own('migrate'));

  it('gates what a kustomization builds, after its prefixes and namespaces, by a gate that is not in the output', () => {
    const gate = GATE.replace('- name: pinger', '- name: x-pinger').replace(
      'metadata: {name: api-first, namespace: my-namespace}\n',
      `metadata:\n  name: api-first\n${FUNCTION('--waiter-image=waiter:1')}`,
    );
    folder.write({
      'base.yaml': base,
      'gate.yaml': gate,
      render: RENDER_SCRIPT,
      'kustomization.yaml':
        'resources: [base.yaml]\nnamePrefix: x-\nnamespace: other\ntransformers: [gate.yaml]\n',
    });
    const { stdout, stderr } = build();
    expect(stderr).to.equal('');
    expect(objectsOf(stdout)).to.have.length(1);
    const { metadata, spec } = templateIn(stdout);
    expect(metadata?.annotations).to.deep.include({ 'dependencygate.dev/target': 'Deployment/x-pinger' });
    expect(spec.initContainers?.map(({ name }) => name)).to.deep.equal([
      'dgate-api-first--api',
      'dgate-api-first--redis',
      'migrate',
    ]);
  });

  const settings = (data: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n${FUNCTION('--strict')}data: ${data}\n`;

  it('takes settings from a ConfigMap, and the gates from among the resources', () => {
    folder.write({
      'base.yaml': `${base}---\n${GATE}`,
      'settings.yaml': settings('{waiter-image: waiter:2, run-as-user: none}'),
      render: RENDER_SCRIPT,
      'kustomization.yaml':
        'resources: [base.yaml]\nnamespace: my-namespace\ntransformers: [settings.yaml]\n',
    });
    const { stdout, stderr } = build();
    expect(stderr).to.equal('');
    const [first] = templateIn(stdout).spec.initContainers ?? [];
    expect(first).to.deep.include({ name: 'dgate-api-first--api', image: 'waiter:2' });
    expect(first?.securityContext)
      .to.have.property('runAsNonRoot', true)
      .and.not.to.have.property('runAsUser');
  });

  it('fails with the reason where something is wrong', () => {
    folder.write({
      'base.yaml': base,
      'settings.yaml': settings('{waiter: x}'),
      render: RENDER_SCRIPT,
      'kustomization.yaml': 'resources: [base.yaml]\ntransformers: [settings.yaml]\n',
    });
    const { code, stdout, stderr } = build();
    expect(code).to.equal(1);
    expect(stdout).to.equal('');
    expect(stderr).to.match(
      /functionConfig is to be a DependencyGate, or a ConfigMap with settings: data: .*waiter/,
    );
  });
});

describe('render as an exec plugin of kubectl kustomize', function () {
  this.timeout(120_000);
  const kubectl = useProgram('kubectl');
  const folder = useFolder();

  it('gates what a kustomization builds, with the gate as transformer', () => {
    folder.write({
      'app/base.yaml': deployment(own('migrate')),
      'app/gate.yaml': GATE,
      'app/kustomization.yaml': 'resources: [base.yaml]\ntransformers: [gate.yaml]\n',
      'kustomize/plugin/dependencygate.dev/v1alpha1/dependencygate/DependencyGate': RENDER_SCRIPT.replace(
        '"$@"',
        '--waiter-image waiter:1 --gates "$1"',
      ),
    });
    const built = outputOf([kubectl(), 'kustomize', '--enable-alpha-plugins', `${folder.path}/app`], {
      env: { XDG_CONFIG_HOME: folder.path },
    });
    expect(templateIn(built).spec.initContainers?.map(({ name }) => name)).to.deep.equal([
      'dgate-api-first--api',
      'dgate-api-first--redis',
      'migrate',
    ]);
  });
});

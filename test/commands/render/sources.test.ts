import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { GATED_LABEL, REQUIRE_LABEL } from '../../../src/api/names.ts';
import { TARGET_KINDS } from '../../../src/api/spec.ts';
import { drift } from '../../../src/core/render/drift.ts';
import { inject } from '../../../src/core/render/inject.ts';
import { templatePath, viewTemplate } from '../../../src/core/render/template.ts';
import { templates } from '../../core/arbitraries.ts';
import {
  DEPLOYMENT,
  GATE,
  gateOf,
  injectionOf,
  objectsOf,
  printed,
  renderTexts,
  templateIn,
} from './input.ts';

const TARGET = 'Deployment/pinger';
const namesIn = (text: string) => templateIn(text).spec.initContainers?.map(({ name }) => name);

/** Lines of the first text that are not in the second, in their order. */
function lost(before: string, after: string): string[] {
  const rest = after.split('\n');
  return before.split('\n').filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(0, at + 1);
    return at < 0;
  });
}

describe('renderSources', () => {
  it('puts the containers of a gate before those of its target, as the operator would', () => {
    const output = printed([GATE, DEPLOYMENT]);
    const injected = inject(templateIn(DEPLOYMENT), injectionOf(GATE, TARGET));
    expect(namesIn(output)).to.deep.equal([
      'dgate-api-first--api',
      'dgate-api-first--redis',
      'migrate',
      'warm',
    ]);
    expect(templateIn(output).spec).to.deep.equal(injected.spec);
    expect(templateIn(output).metadata?.annotations).to.deep.equal(injected.metadata?.annotations);
  });

  it('changes nothing for a gate with placement Pod but Jobs, and says so', () => {
    const inPods = gateOf('first', ['pinger'], { placement: 'Pod' });
    const { texts, warnings, notes = [] } = renderTexts([inPods, DEPLOYMENT]);
    expect(texts.join('')).to.contain(DEPLOYMENT);
    expect(warnings).to.deep.equal([]);
    expect(notes.join('\n')).to.match(/DependencyGate first has placement Pod: no manifest is changed/);
    const both = gateOf('first', ['pinger', { kind: 'Job', name: 'migrate' }], { placement: 'Pod' });
    const job = DEPLOYMENT.replace('apps/v1', 'batch/v1')
      .replace('kind: Deployment', 'kind: Job')
      .replace('name: pinger ', 'name: migrate ');
    expect(printed([both, job])).to.contain('dgate-first--api');
    expect(renderTexts([GATE, DEPLOYMENT]).notes).to.deep.equal([]);
  });

  it('makes templates that are current for the operator', () => {
    const view = viewTemplate(templateIn(printed([GATE, DEPLOYMENT])));
    expect(drift(view, injectionOf(GATE, TARGET))).to.deep.equal([]);
    expect(view.gated).to.equal(true);
    expect(view.required).to.deep.equal(['api-first']);
  });

  it('changes no line that was there but that of the labels, and keeps comments and form', () => {
    const output = printed([GATE, DEPLOYMENT]);
    expect(lost(DEPLOYMENT, output)).to.deep.equal(['      labels: {app: pinger}']);
    expect(output).to.contain(
      `      labels: {app: pinger, ${GATED_LABEL}: "true", ${REQUIRE_LABEL}: api-first}\n`,
    );
  });

  it('leaves all other documents as they are, to the byte, and in their order', () => {
    const service = '# s\n\nkind:   Service\n---\n# nothing\n---\nnot: {an: object}\n---\n- 1\n';
    expect(printed([`${service}---\n${GATE}`, DEPLOYMENT])).to.satisfy((text: string) =>
      text.startsWith(`${service}---\n${GATE}---\n# Asks api.`),
    );
    expect(printed([`${DEPLOYMENT}---\n${GATE}---\n${service}`])).to.satisfy((text: string) =>
      text.endsWith(`# the end\n---\n${GATE}---\n${service}`),
    );
  });

  it('changes nothing the second time', () => {
    const once = printed([GATE, DEPLOYMENT]);
    expect(printed([once])).to.equal(once);
  });

  it('brings what was rendered for an older gate up to date', () => {
    const older = printed([
      gateOf('api-first', ['pinger'], { dependencies: [{ name: 'old', dns: { host: 'x' } }] }),
      DEPLOYMENT,
    ]);
    const workload = older.slice(older.indexOf('---\n'));
    expect(namesIn(workload)).to.deep.equal(['dgate-api-first--old', 'migrate', 'warm']);
    expect(printed([GATE, workload])).to.equal(printed([GATE, DEPLOYMENT]));
  });

  it('puts the containers of several gates in the order of their names, whatever that of the input', () => {
    const gates = ['b-first', 'a-first', 'c-first'].map((name) => gateOf(name, ['pinger']));
    const output = printed([DEPLOYMENT, ...gates]);
    expect(namesIn(output)).to.deep.equal([
      'dgate-a-first--api',
      'dgate-b-first--api',
      'dgate-c-first--api',
      'migrate',
      'warm',
    ]);
    expect(templateIn(output).metadata?.labels?.[REQUIRE_LABEL]).to.equal('a-first_b-first_c-first');
  });

  it('puts a gate behind the init container that it names, and says where there is none', () => {
    const gate = gateOf('b', ['pinger'], { after: 'migrate' });
    const output = printed([gate, DEPLOYMENT]);
    expect(namesIn(output)).to.deep.equal(['migrate', 'dgate-b--api', 'warm']);
    expect(lost(DEPLOYMENT, output)).to.deep.equal(['      labels: {app: pinger}']);
    expect(printed([output])).to.equal(output);
    const { texts, warnings } = renderTexts([gate.replace('"migrate"', '"proxy"'), DEPLOYMENT]);
    expect(namesIn(texts.join(''))).to.deep.equal(['dgate-b--api', 'migrate', 'warm']);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(
      /^2\.yaml, document 1, line 2: Deployment pinger: gate b: its Pod template has no init container proxy, which spec\.after names/,
    );
  });

  it('adds gates to the label require beside those that the user named', () => {
    const labelled = DEPLOYMENT.replace('{app: pinger}', `{app: pinger, ${REQUIRE_LABEL}: zoo_abc}`);
    expect(templateIn(printed([GATE, labelled])).metadata?.labels?.[REQUIRE_LABEL]).to.equal(
      'abc_api-first_zoo',
    );
  });

  it('warns where the names of the gates are too long for a label, and leaves the label as it was', () => {
    const gates = ['a', 'b'].map((letter) => gateOf(letter.repeat(40), ['pinger']));
    const { texts, warnings } = renderTexts([...gates, DEPLOYMENT]);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^3\.yaml, document 1, line 2: Deployment pinger: .* too long .*\/require/);
    expect(templateIn(texts.join('')).metadata?.labels).to.deep.equal({
      app: 'pinger',
      [GATED_LABEL]: 'true',
    });
  });

  it('reads gates of other files, and does not print them', () => {
    expect(printed([DEPLOYMENT], {}, [GATE])).to.equal(
      printed([GATE, DEPLOYMENT]).slice(`${GATE}---\n`.length),
    );
  });

  for (const kind of TARGET_KINDS) {
    it(`gates a ${kind}`, () => {
      const apiVersion = kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
      const template = { spec: { containers: [{ name: 'app', image: 'app:1' }] } };
      const inner = templatePath(kind).reduceRight<object>((value, field) => ({ [field]: value }), template);
      const workload = stringify({ apiVersion, kind, metadata: { name: 'pinger' }, ...inner });
      const gate = gateOf('api-first', [{ kind, name: 'pinger' }]);
      const view = viewTemplate(templateIn(printed([gate, workload]), kind));
      expect(drift(view, injectionOf(gate, `${kind}/pinger`))).to.deep.equal([]);
    });
  }

  it('gates the items of a list', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n${DEPLOYMENT.replaceAll(/^(?=.)/gm, '    ').replace('    #', '  - #')}`;
    const output = printed([GATE, list]);
    expect(lost(list, output)).to.have.length(1);
    const [, { items = [] } = {}] = objectsOf(output) as { items?: object[] }[];
    expect(items).to.deep.equal([objectsOf(printed([DEPLOYMENT], {}, [GATE]))[0]]);
  });

  it('reads JSON, and prints JSON', () => {
    const json = JSON.stringify(objectsOf(DEPLOYMENT)[0], null, 2);
    const output = printed([json], {}, [GATE]);
    expect(JSON.parse(output)).to.deep.equal(objectsOf(printed([DEPLOYMENT], {}, [GATE]))[0]);
  });
});

describe('renderSources, of any template', () => {
  const forms = fc.record({
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
  });

  it('gives what inject gives and the label, in a text that kept its form, and the same the second time', () => {
    fc.assert(
      fc.property(templates, forms, fc.constantFrom('', 'a', 'migrate'), (template, form, after) => {
        const gate = after === '' ? GATE : GATE.replace('spec:\n', `spec:\n  after: ${after}\n`);
        const deployment = {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'pinger' },
          spec: { template },
        };
        // A gate whose place is not there is warned of.
        const output = renderTexts([stringify(deployment, form)], {}, [gate]).texts.join('');
        const injected = inject(template, injectionOf(gate, TARGET));
        const labels = { ...injected.metadata?.labels, [REQUIRE_LABEL]: 'api-first' };
        expect(templateIn(output)).to.deep.equal({ ...injected, metadata: { ...injected.metadata, labels } });
        expect(renderTexts([output], {}, [gate]).texts.join('')).to.equal(output);
      }),
    );
  });
});

describe('renderSources, which target', () => {
  const unnamed = DEPLOYMENT.replace('  namespace: my-namespace\n', '');
  const elsewhere = DEPLOYMENT.replace('my-namespace', 'other');
  const gated = (texts: readonly string[]) =>
    objectsOf(renderTexts(texts, {}, [GATE]).texts.join('')).map((object) =>
      JSON.stringify(object).includes('dgate-'),
    );

  it('is that of the gate’s own namespace', () => {
    expect(gated([elsewhere, DEPLOYMENT])).to.deep.equal([false, true]);
    expect(gated([elsewhere])).to.deep.equal([false]);
  });

  it('is one that names no namespace, unless another one names the gate’s', () => {
    expect(gated([unnamed])).to.deep.equal([true]);
    expect(gated([unnamed, DEPLOYMENT])).to.deep.equal([false, true]);
  });

  it('is one of any namespace where the gate names none, and an error where that could be several', () => {
    const gate = GATE.replace(', namespace: my-namespace', '');
    expect(printed([DEPLOYMENT], {}, [gate])).to.contain('dgate-');
    expect(() => printed([DEPLOYMENT, elsewhere], {}, [gate])).to.throw(
      "gates-1.yaml, document 1, line 1: DependencyGate api-first: its target Deployment pinger is in several namespaces of the input: say the gate's",
    );
  });

  it('is of the kind of the gate, in its API group', () => {
    expect(gated([DEPLOYMENT.replace('apps/v1', 'example.com/v1')])).to.deep.equal([false]);
    expect(gated([DEPLOYMENT.replace('kind: Deployment', 'kind: StatefulSet')])).to.deep.equal([false]);
  });

  it('is warned of where it is not in the input', () => {
    expect(renderTexts([GATE]).warnings).to.deep.equal([
      '1.yaml, document 1, line 1: DependencyGate api-first: its target Deployment pinger of namespace my-namespace is not in the input',
    ]);
    expect(renderTexts([DEPLOYMENT]).warnings).to.deep.equal(['there is no DependencyGate in the input']);
  });
});

describe('renderSources, of wrong input', () => {
  const failing = (texts: readonly string[], options = {}) => {
    try {
      renderTexts(texts, options);
    } catch (error) {
      return error instanceof Error ? error.message.split('\n') : [];
    }
    return [];
  };

  it('says what is wrong with an expression, which no rule of the API server reads', () => {
    const resource = '{apiVersion: v1, kind: Pod, name: a, expression: "objekt.status == 1"}';
    const wrong = GATE.replace('dns: {host: api}', `resource: ${resource}`);
    const [problem, ...others] = failing([DEPLOYMENT, wrong]);
    expect(problem).to.match(
      /^2\.yaml, document 1, line 9: .*spec\.dependencies\[0\]\.resource\.expression: .*objekt/,
    );
    expect(others).to.be.empty;
  });

  it('says everything that is wrong with gates, where, and in the words of the API server', () => {
    const wrong = GATE.replace('6379', '637900').replace('{host: api}', '{host: api, tpye: A}');
    expect(failing([DEPLOYMENT, `---\n# x\n---\n${wrong}`])).to.deep.equal([
      '2.yaml, document 2, line 12: DependencyGate api-first: spec.dependencies[0].dns.tpye: unknown field; did you mean type?',
      '2.yaml, document 2, line 14: DependencyGate api-first: spec.dependencies[1].tcp.port: Invalid value: 637900: spec.dependencies[1].tcp.port in body should be less than or equal to 65535',
    ]);
  });

  it('says of UDP and SCTP, which no gate has a field for, what serves instead', () => {
    const advice =
      /unknown field; what listens by UDP or SCTP cannot be checked .* use service, or a container/;
    for (const check of [
      'udp: {host: api}',
      'sctp: {host: api}',
      'tcp: {host: api, port: 53, protocol: UDP}',
    ]) {
      const [problem] = failing([DEPLOYMENT, GATE.replace('dns: {host: api}', check)]);
      expect(problem, check).to.match(advice);
    }
    expect(failing([DEPLOYMENT, GATE.replace('host: api', 'hots: api')])[0]).not.to.match(/UDP/);
  });

  it('says which volume of the user is in the way', () => {
    const foreign = DEPLOYMENT.replace('- name: data', '- name: dgate-api-first');
    expect(failing([GATE, foreign])).to.deep.equal([
      '2.yaml, document 1, line 2: Deployment pinger: its Pod template has a volume of its own named dgate-api-first: rename that volume',
    ]);
  });

  it('says which target has no Pod template', () => {
    const bare = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: pinger}\n';
    expect(failing([GATE, bare])).to.deep.equal([
      '2.yaml, document 1, line 1: Deployment pinger: it has no Pod template that can be read',
    ]);
  });

  it('says that two gates of one name differ, and takes equal ones for one', () => {
    expect(failing([GATE, DEPLOYMENT, GATE.replace('6379', '6380')])).to.deep.equal([
      '3.yaml, document 1, line 1: DependencyGate api-first stands in the input twice, first in 1.yaml, document 1, line 1',
    ]);
    expect(failing([GATE, DEPLOYMENT, GATE])).to.deep.equal([]);
  });

  it('asks for an image where none is named, and only there', () => {
    const settings = { waiterImage: undefined, waiterImagePullPolicy: undefined, runAsUser: 65532 };
    expect(failing([GATE, DEPLOYMENT], { settings })).to.deep.equal([
      '1.yaml, document 1, line 1: DependencyGate api-first: say --waiter-image, or spec.waiter.image in the gate',
    ]);
    const own = gateOf('own', ['pinger'], { dependencies: [{ name: 'x', container: { image: 'x:1' } }] });
    const named = gateOf('named', ['pinger'], { waiter: { image: 'waiter:1' } });
    const containers = templateIn(printed([own, named, DEPLOYMENT], { settings })).spec.initContainers;
    expect(containers?.map(({ image }) => image)).to.deep.equal(['waiter:1', 'x:1', 'migrate:1', 'warm:1']);
  });
});

describe('renderSources, other outputs', () => {
  it('prints what changes as a unified diff, file by file', () => {
    const diff = printed([GATE, `a: 1\n---\n${DEPLOYMENT}`], { output: 'diff' });
    expect(diff).to.match(/^--- 2\.yaml\n\+\+\+ 2\.yaml\n@@ -10,\d+ \+10,\d+ @@\n/);
    expect(diff.match(/^-(?!-)/gm)).to.have.length(1);
    expect(printed([printed([GATE, DEPLOYMENT])], { output: 'diff' })).to.equal('');
  });

  const head = { name: 'head', container: { from: 'pinger', command: ['migrate', '--check'] } };

  it("makes a check from the target's own container, and is current for the operator", () => {
    const schema = gateOf('schema', ['pinger'], { dependencies: [head] });
    const template = templateIn(printed([schema, DEPLOYMENT]));
    expect(template.spec.initContainers?.[0]).to.deep.equal({
      name: 'dgate-schema--head',
      image: 'pinger:1',
      command: ['migrate', '--check'],
    });
    expect(drift(viewTemplate(template), injectionOf(schema, TARGET))).to.deep.equal([]);
  });

  it('refuses bare init containers that are made from those of targets, which it does not look at', () => {
    const schema = gateOf('schema', ['pinger'], { dependencies: [head] });
    expect(() => printed([schema, DEPLOYMENT], { output: 'containers' })).to.throw(
      /1\.yaml.*schema: its dependency head is made from the container pinger of each target/,
    );
  });

  it('says which containers there are where one that a check is made from is missing', () => {
    const schema = gateOf('schema', ['pinger'], {
      dependencies: [{ ...head, container: { from: 'web', args: ['check'] } }],
    });
    expect(() => printed([schema, DEPLOYMENT])).to.throw(/no container named web .*\(pinger\)/);
  });

  it('says in a comment where bare init containers belong', () => {
    const output = printed([gateOf('b', ['pinger'], { after: 'proxy' })], { output: 'containers' });
    expect(output).to.match(
      /^# Deployment pinger in my-namespace\n# gate b: right behind the init container proxy\ninitContainers:\n/,
    );
  });

  it('prints bare init containers and volumes for each target of the gates, in the input or not', () => {
    const gates = [gateOf('b', ['pinger', 'poller']), gateOf('a', ['pinger'])];
    const output = printed(gates, { output: 'containers' });
    expect(output).to.match(/^# Deployment pinger in my-namespace\ninitContainers:\n/);
    const documents = objectsOf(output) as Record<'initContainers' | 'volumes', { name: string }[]>[];
    expect(documents.map(({ initContainers }) => initContainers.map(({ name }) => name))).to.deep.equal([
      ['dgate-a--api', 'dgate-b--api'],
      ['dgate-b--api'],
    ]);
    expect(documents.map(({ volumes }) => volumes.map(({ name }) => name))).to.deep.equal([
      ['dgate-a', 'dgate-b'],
      ['dgate-b'],
    ]);
  });
});

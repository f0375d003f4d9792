import { expect } from 'chai';
import { renderSources } from '../../../src/commands/render/sources.ts';
import { parseDocuments } from '../../../src/commands/render/yaml/documents.ts';
import { splitJson } from '../../../src/commands/render/yaml/split.ts';
import { SETTINGS } from '../../core/builders.ts';
import { outputOf, sinceMinor, useProgram } from '../programs.ts';
import { gateOf, printed, renderTexts } from './input.ts';
import { FOREIGN_TEXTS, ODD_DOCUMENTS, ODD_STREAMS } from './oddities.ts';

const GATE = gateOf('api-first', ['pinger', 'poller']);
const texts = {
  ...Object.fromEntries(Object.entries(ODD_DOCUMENTS).map(([what, text]) => [what, text('pinger')])),
  ...Object.fromEntries(
    Object.entries(ODD_STREAMS).map(([what, text]) => [`${what}, in a stream`, text('pinger', 'poller')]),
  ),
};

/** What we read in a text. */
const valuesOf = (text: string) =>
  parseDocuments({ name: 'x.yaml', text })
    .map(({ reading }) => reading?.value)
    .filter((value) => value !== null);

const gated = (text: string) => renderTexts([text], {}, [GATE]).texts.join('');

interface Workload {
  readonly items?: readonly Workload[];
  readonly spec: { readonly template: { readonly spec: Record<string, unknown> } };
}

describe('renderSources, of YAML that kubectl takes', () => {
  for (const [what, text] of Object.entries(texts)) {
    const others = text.replaceAll('pinger', 'other').replaceAll('poller', 'another');

    it(`passes what is no target to the byte: ${what}`, () => {
      expect(gated(others)).to.equal(others);
    });

    it(`gates a target and changes nothing else: ${what}`, () => {
      const output = gated(text);
      expect(output).to.contain('dgate-api-first--api');
      const [before, after] = [text, output].map((one) =>
        (valuesOf(one) as Workload[]).flatMap((value) => value.items ?? [value]),
      );
      for (const [index, workload] of (after ?? []).entries()) {
        const { initContainers, volumes, ...own } = workload.spec.template.spec;
        expect(initContainers).to.have.length(1);
        expect(volumes).to.have.length(1);
        expect(own).to.deep.equal(before?.[index]?.spec.template.spec);
      }
      expect(gated(output)).to.equal(output);
    });
  }

  it('passes whatever else it is, to the byte', () => {
    for (const text of FOREIGN_TEXTS) expect(gated(text)).to.equal(text);
    const stream = FOREIGN_TEXTS.filter((text) => text.endsWith('\n')).join('---\n');
    const target = texts['equal keys'] ?? '';
    expect(gated(`${stream}---\n${target}`)).to.equal(`${stream}---\n${gated(target)}`);
  });

  it('passes bytes that are no UTF-8', () => {
    const bytes = Buffer.from('kind: Deployment # caf\xE9\nmetadata: {name: other}\n', 'latin1');
    const source = { name: 'x.yaml', text: bytes.toString('latin1'), encoding: 'latin1' } as const;
    const render = (gate: string) =>
      renderSources([source], [{ name: 'gate.yaml', text: gate }], {
        settings: SETTINGS,
        output: 'manifests',
      });
    expect(Buffer.concat(render(GATE).texts.map((text) => Buffer.from(text)))).to.deep.equal(bytes);
  });

  it('reads a spec as kubectl does: yes is true, 0x10 is 16', () => {
    const spec =
      '  targets: [{name: pinger}]\n  suspend: yes\n  dependencies: [{name: a, tcp: {host: a, port: 0x10}}]\n';
    const gate = `apiVersion: dependencygate.dev/v1alpha1\nkind: DependencyGate\nmetadata: {name: g}\nspec:\n${spec}`;
    expect(printed([texts['Windows line ends'] ?? ''], {}, [gate]))
      .to.contain('a:16')
      .and.to.contain('\r\n');
  });
});

describe('renderSources, of what it cannot read', () => {
  const failing = (text: string, gates: string[] = [GATE]) => {
    try {
      renderTexts([text], {}, gates);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return '';
  };

  it('refuses what looks like a gate', () => {
    expect(failing('a: 1\n---\nkind: DependencyGate\nspec: [\n')).to.match(
      /^1\.yaml, document 2, line [45]: Flow sequence .* \(this looks like a DependencyGate\)$/,
    );
  });

  it('refuses what looks like a target, and takes no other for one', () => {
    const broken = (kind: string, name: string) =>
      `kind: ${kind}\nmetadata:\n  name: ${name}\nspec: {a: @b}\n`;
    expect(failing(broken('Deployment', 'pinger'))).to.match(
      /^1\.yaml, document 1, line 4: Plain value .* \(this looks like the target Deployment pinger\)$/,
    );
    expect(failing(broken('StatefulSet', 'pinger'))).to.equal('');
    expect(failing(broken('Deployment', 'pinger-2'))).to.equal('');
  });

  it('says only what can be corrected in a gate', () => {
    const gate = GATE.replace('"dns":{"host":"api"}', '"dns":{}');
    expect(failing(gate, [])).to.equal(
      '1.yaml, document 1, line 1: DependencyGate api-first: spec.dependencies[0].dns.host: Required value',
    );
  });
});

describe('kubectl, of the same YAML', function () {
  this.timeout(60_000);
  // Older ones (1.32 was tried) stop at the first separator between objects that are JSON.
  const kubectl = useProgram('kubectl', sinceMinor(34));

  /** kubectl needs no cluster to label what it is given; it prints JSON objects. */
  const valuesForKubectl = (text: string) => {
    const args = ['label', '--local', '--filename=-', '--output=json', 'seen=yes'];
    return splitJson(outputOf([kubectl(), ...args], { input: text })).map((object) =>
      JSON.parse(object.replaceAll(/,?\s*"seen": "yes"/g, '').replaceAll(/"labels": \{\s*\},\s*/g, '')),
    );
  };

  it('reads the documents as we do, gated or not', () => {
    const documents = Object.values(ODD_DOCUMENTS).map((text) => text('pinger'));
    for (const stream of [documents, documents.map(gated)].map((all) => all.join('\n---\n')))
      expect(valuesForKubectl(stream)).to.deep.equal(valuesOf(stream));
  });

  for (const [what, text] of Object.entries(ODD_STREAMS)) {
    it(`reads the stream as we do, gated or not: ${what}`, () => {
      const given = text('pinger', 'poller');
      for (const stream of [given, gated(given)]) {
        const values = (valuesOf(stream) as Workload[]).flatMap((value) => value.items ?? [value]);
        expect(valuesForKubectl(stream)).to.deep.equal(values);
      }
    });
  }
});

import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { DEFAULT_WAITER_RESOURCES } from '../../src/api/defaults.ts';
import { validateGate } from '../../src/api/gate.ts';
import { API_VERSION, KIND } from '../../src/api/names.ts';
import { outputOf, useProgram } from '../commands/programs.ts';
import { parseManifests, read } from './manifests.ts';
import { withOverlay } from './overlay.ts';
import { commandsIn, valuesOf } from './told-commands.ts';

const PAGE = 'docs/guide/clusters.md';

const overlaySchema = z.looseObject({ resources: z.array(z.string()) });
const operatorSchema = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        imagePullSecrets: z.array(z.object({ name: z.string() })).default([]),
        securityContext: z.record(z.string(), z.unknown()),
        containers: z.tuple([z.object({ image: z.string(), args: z.array(z.string()) })]),
      }),
    }),
  }),
});

/** The section of the page with this heading. */
function section(heading: string): string {
  const found = read(PAGE)
    .split('\n## ')
    .find((text) => text.startsWith(`${heading}\n`));
  return found ?? expect.fail(`${PAGE} has no section ${heading}`);
}

/** The YAML blocks of a section that are of this shape. */
function blocks<T>(heading: string, schema: z.ZodType<T>): T[] {
  const all = [...section(heading).matchAll(/^```yaml\n(.*?)^```$/gms)];
  return all.flatMap(([, text = '']) => schema.safeParse(parse(text)).data ?? []);
}

/** The operator as manifests have it. */
function operatorIn(manifests: string) {
  const found = parseManifests(manifests).filter(({ kind }) => kind === 'Deployment');
  const [{ spec }] = z.tuple([operatorSchema]).parse(found);
  return { pod: spec.template.spec, container: spec.template.spec.containers[0] };
}

describe('docs/guide/clusters.md', function () {
  this.timeout(30_000);
  const kubectl = useProgram('kubectl');
  const helm = useProgram('helm');

  /** The operator that the overlay of a section installs. */
  async function overlaid(heading: string) {
    const [overlay] = z.tuple([overlaySchema]).parse(blocks(heading, overlaySchema));
    const resources = overlay.resources.map((path) => path.replace(/^\.\.\//, ''));
    return operatorIn(
      await withOverlay({ ...overlay, resources }, (folder) => outputOf([kubectl(), 'kustomize', folder])),
    );
  }

  it('has the operator pull from a registry with the Secret that it makes, and that the gate names', async () => {
    const { pod, container } = await overlaid('A registry of your own');
    expect(container.image).to.match(/^registry\.example\.com\/dependency-gate:/);
    const [secret] = commandsIn(PAGE).filter(({ words }) => words[2] === 'secret');
    expect(secret?.words).to.include.members(['docker-registry', '--docker-server=registry.example.com']);
    expect(pod.imagePullSecrets).to.deep.equal([{ name: secret?.words[4] }]);
    const gates = blocks(
      'A registry of your own',
      z.object({ spec: z.object({ waiter: z.object({ imagePullSecrets: z.unknown() }) }) }),
    );
    expect(gates.map(({ spec }) => spec.waiter.imagePullSecrets)).to.deep.equal([pod.imagePullSecrets]);
  });

  it('leaves the user to OpenShift, by the overlay as by the values', async () => {
    const [install] = commandsIn(PAGE).filter(
      ({ words: [first, verb] }) => first === 'helm' && verb === 'install',
    );
    const sets = valuesOf(install?.words ?? [], '--set');
    expect(sets).to.have.length(1);
    const template = [helm(), 'template', 'dependency-gate', 'config/chart', `--set=${sets[0]}`];
    for (const { pod, container } of [await overlaid('OpenShift'), operatorIn(outputOf(template))]) {
      expect(pod.securityContext).to.include({ runAsNonRoot: true });
      expect(pod.securityContext).to.not.have.any.keys('runAsUser', 'runAsGroup');
      expect(container.args).to.include('--run-as-user=none');
    }
  });

  it('says what a waiting container requests, and what a LimitRange must leave it', () => {
    const { requests, limits } = DEFAULT_WAITER_RESOURCES;
    const text = section('Quotas and LimitRanges');
    expect(text).to.contain(
      `requests of ${requests.cpu} CPU and ${requests.memory}, limits of ${limits.cpu} and ${limits.memory}`,
    );
    expect(text).to.contain(`with \`min\` above ${requests.cpu} or ${requests.memory} |`);
    const ratio = Number.parseInt(limits.cpu, 10) / Number.parseInt(requests.cpu, 10);
    expect(text).to.contain(`\`maxLimitRequestRatio\` for CPU below ${ratio} |`);
  });

  it('gives settings of spec.waiter in sentences that a gate takes', () => {
    const given = [...read(PAGE).matchAll(/`spec\.waiter: (\{.*?\})`/g)].map(([, text = '']) => parse(text));
    expect(given).to.deep.equal([{ runAsUser: 1337 }]);
    for (const waiter of given) {
      const spec = {
        targets: [{ name: 'pinger' }],
        dependencies: [{ name: 'api', dns: { host: 'api' } }],
        waiter,
      };
      const gate = { apiVersion: API_VERSION, kind: KIND, metadata: { name: 'api-first' }, spec };
      expect(validateGate(gate)).to.deep.include({ valid: true });
    }
  });
});

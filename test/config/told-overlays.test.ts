import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { outputOf, useProgram } from '../commands/programs.ts';
import { parseManifests, read } from './manifests.ts';
import { withOverlay } from './overlay.ts';
import { DOCUMENTS } from './told-commands.ts';

const kustomization = z.looseObject({
  resources: z.array(z.string()),
  patches: z.array(z.looseObject({})).exactOptional(),
});

/** The kustomizations of a document that are made from folders of this repository, with these as seen from its root. */
function overlaysIn(path: string) {
  const blocks = [...read(path).matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks
    .filter((block) => /^(?:resources:|- ).*\bconfig\//m.test(block))
    .map((block) => kustomization.parse(parse(block)))
    .map((overlay) => ({ ...overlay, resources: overlay.resources.map((at) => at.replace(/^\.\.\//, '')) }));
}

describe('the overlays of the documents', function () {
  this.timeout(60_000);
  const kubectl = useProgram('kubectl');

  it('are found', () => {
    expect(DOCUMENTS.filter((path) => overlaysIn(path).length > 0)).to.include.members([
      'docs/guide/clusters.md',
      'docs/guide/namespaces.md',
    ]);
  });

  for (const path of DOCUMENTS)
    for (const [at, overlay] of overlaysIn(path).entries())
      it(`are built, and have one operator: number ${at + 1} of ${path}`, async () => {
        const text = await withOverlay(overlay, (folder) => outputOf([kubectl(), 'kustomize', folder]));
        const kinds = parseManifests(text).map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'Deployment')).to.have.length(1);
      });
});

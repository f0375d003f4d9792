import { expect } from 'chai';
import { z } from 'zod';
import { read } from './manifests.ts';
import { DOCUMENTS } from './told-commands.ts';

const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));

/** The versions that a text names an image of ours with, in one word or as kustomize takes it. */
function imageVersions(path: string): string[] {
  const named = /\/dependency-gate(?::|\n *newTag: )(\d[\w.-]*)/g;
  return [...read(path).matchAll(named)].map(([, version = '']) => version);
}

describe('the version of package.json', () => {
  const naming = DOCUMENTS.filter((path) => imageVersions(path).length > 0);

  it('is found in documents', () => {
    expect(naming).to.include.members(['README.md', 'docs/guide/render.md', 'docs/guide/quick-start.md']);
  });

  for (const path of naming.filter((path) => !/decisions|CHANGELOG/.test(path)))
    it(`is that of every image in ${path}`, () => {
      expect(new Set(imageVersions(path))).to.deep.equal(new Set([version]));
    });

  it('is the tag in config/operator, and that of the plugin of Helm', () => {
    expect(read('config/operator/kustomization.yaml')).to.contain(`\n  newTag: ${version}\n`);
    expect(read('docs/guide/render.md')).to.contain(`\nversion: ${version}\n`);
  });

  it('is that of the chart, and of the app and the image that it names', () => {
    const chart = read('config/chart/Chart.yaml');
    expect(chart).to.contain(`\nversion: ${version}\nappVersion: ${version}\n`);
    expect(imageVersions('config/chart/Chart.yaml')).to.deep.equal([version]);
  });
});

describe('docs/CHANGELOG.md', () => {
  const headings = [...read('docs/CHANGELOG.md').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

  it('begins with what is not released, and goes on with versions and their days', () => {
    const [first, ...released] = headings;
    expect(first).to.equal('[Unreleased]');
    for (const heading of released) expect(heading).to.match(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/);
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { MUTATING_POLICIES, meets, minorName, VERSIONS } from '../cluster/versions.ts';
import { kustomized, ROOT, read, readManifests } from './manifests.ts';
import { commandsOf, valuesOf } from './told-commands.ts';

const STORY = 'config/samples/story';

/** Each `kubectl apply` of a transcript, with the objects that it says something of: `Deployment pinger`. */
function appliesIn(path: string): { readonly words: readonly string[]; readonly told: readonly string[] }[] {
  const applies = read(path).matchAll(/^\$ (kubectl apply .*)\n((?:\S+\/\S+ (?:created|unchanged)\n)+)/gm);
  return [...applies].map(([, line = '', output = '']) => ({
    words: commandsOf(line).flat(),
    told: output.trimEnd().split('\n').map(objectTold),
  }));
}

/** `deployment.apps/pinger created`, in the words of a manifest but for capitals. */
function objectTold(line: string): string {
  const [, kind = '', name = ''] = /^([a-z]+)[^/]*\/(\S+)/.exec(line) ?? [];
  return `${kind} ${name}`;
}

/** The files that a command applies. A story is told from its own folder, too. */
function filesOf(words: readonly string[]): string[] {
  const folders = valuesOf(words, '-k').flatMap((folder) =>
    kustomized(folder).resources.map((file) => join(folder, file)),
  );
  const files = valuesOf(words, '-f').map((file) => (file.includes('/') ? file : join(STORY, file)));
  return [...folders, ...files];
}

describe('the transcripts of the story', () => {
  for (const path of ['README.md', 'docs/guide/quick-start.md'])
    it(`${path} has kubectl say of the objects of each file that it applied them, and of no others`, () => {
      const applies = appliesIn(path);
      expect(applies.length).to.be.greaterThan(2);
      for (const { words, told } of applies) {
        const objects = filesOf(words).flatMap(readManifests);
        const names = objects.map(({ kind, metadata }) => `${kind.toLowerCase()} ${metadata.name}`);
        expect(told, words.join(' ')).to.have.members(names);
      }
    });
});

describe('docs/guide/quick-start.md', () => {
  const text = read('docs/guide/quick-start.md');

  it('says for each release of Kubernetes that the tests run on what to install', () => {
    const minors = (isPlaced: boolean) =>
      VERSIONS.filter(({ version }) => meets(version, MUTATING_POLICIES) === isPlaced).map(({ version }) =>
        minorName(version),
      );
    const [first] = minors(true);
    const before = minors(false);
    expect(text).to.contain(
      `On Kubernetes ${first} and newer:\n\n\`\`\`sh\nkubectl apply --server-side -k config/default`,
    );
    expect(text).to.contain(`On ${before[0]} to ${before.at(-1)} it is \`config/without-admission\``);
  });

  it('builds the image as the manifests name it, and gives each kind of cluster that one', () => {
    const named = [...text.matchAll(/ghcr\.io\/[\w/.:-]+/g)].map(([image]) => image);
    expect(named).to.have.length(4);
    expect(new Set(named).size).to.equal(1);
    expect(existsSync(join(ROOT, 'Dockerfile'))).to.equal(true);
  });

  it('names a schema for editors that is there', () => {
    const [, file = ''] =
      /\$schema=https:\/\/raw\.githubusercontent\.com\/[\w-]+\/[\w-]+\/main\/(\S+)/.exec(text) ?? [];
    expect(file).to.equal('crds/dependencygate_v1alpha1.json');
    expect(existsSync(join(ROOT, file))).to.equal(true);
  });
});

import { globSync } from 'node:fs';
import { expect } from 'chai';
import { MAIN_VERSION, OLDEST_VERSION, VERSIONS } from './cluster/versions.ts';
import { selectTiers, TIERS } from './tiers.ts';

const named = (...names: readonly string[]) => selectTiers(names).map(({ name }) => name);

describe('selectTiers', () => {
  it('takes what always runs where nothing is named: each part, and first starts on other releases', () => {
    const always = VERSIONS.filter(({ version, runs }) => runs === 'always' && version !== MAIN_VERSION);
    const ofReleases = always.map(({ version }) => `first-starts ${version}`);
    expect(named()).to.deep.equal(['unit', 'sandbox', 'control-plane', 'node', ...ofReleases]);
    expect(always).to.include(VERSIONS.at(-1));
  });

  it('has in the parts that always run nothing but files of the whole', () => {
    const parts = TIERS.filter(({ isPart }) => isPart);
    expect(parts).to.not.be.empty;
    for (const { files, version } of parts) {
      const [whole] = selectTiers([version]);
      const found = files.flatMap((pattern) => globSync(pattern));
      expect(found).to.include.members(['test/cluster/first-starts.test.ts', 'test/cluster/upgrade.test.ts']);
      expect(whole?.files.flatMap((pattern) => globSync(pattern))).to.include.members(found);
    }
  });

  it('takes what is only asked for where it is named, and not otherwise', () => {
    for (const asked of ['gitops', 'kueue', 'load', `node ${OLDEST_VERSION}`]) {
      expect(named()).to.not.include(asked);
      expect(named(asked)).to.deep.equal([asked]);
    }
  });

  it('takes the tiers named, in the order in which they run', () => {
    expect(named('node', 'unit')).to.deep.equal(['unit', 'node']);
  });

  it('knows a release by its number and by that of its minor release', () => {
    expect(named('1.37')).to.deep.equal(named('control-plane 1.37.2'));
    expect(named('1.37.2', '1.36')).to.deep.equal(['control-plane', 'control-plane 1.37.2']);
  });

  it('takes every release, once each', () => {
    const tiers = selectTiers(['versions', '1.37']);
    expect(tiers.map(({ version }) => version).toSorted()).to.deep.equal(
      VERSIONS.map(({ version }) => version).toSorted(),
    );
    expect(tiers.every(({ name }) => name.startsWith('control-plane'))).to.equal(true);
  });

  it('says which there are where there is none of a name', () => {
    expect(() => selectTiers(['unit', 'e2e'])).to.throw(/^no such tier: e2e; there are unit, .*node/);
  });

  it('runs each file on a real API server once, in whichever order they begin', () => {
    for (const { files } of selectTiers(['versions'])) {
      const found = files.flatMap((pattern) => globSync(pattern));
      expect(found.toSorted()).to.deep.equal(globSync('test/cluster/**/*.test.ts').toSorted());
    }
  });

  it('names no files by a pattern of nothing but braces, which Mocha takes for the name of a file', () => {
    for (const { name, files } of TIERS)
      for (const file of files) expect(file.includes('{') && !file.includes('*'), name).to.equal(false);
  });

  it('has a name for each', () => {
    expect(new Set(TIERS.map(({ name }) => name)).size).to.equal(TIERS.length);
    expect(TIERS.filter(({ version }) => version === MAIN_VERSION)).to.have.length(7);
  });
});

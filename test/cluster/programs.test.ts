import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findPrograms, requirePrograms } from './programs.ts';
import { MAIN_VERSION } from './versions.ts';

describe('findPrograms', () => {
  let assets: string;
  const give = (...names: readonly string[]): void => {
    for (const name of names) writeFileSync(join(assets, name), '');
  };
  const say = (line: string): void => expect.fail(`nothing is to be built: ${line}`);

  beforeEach(() => {
    assets = mkdtempSync(join(tmpdir(), 'dependency-gate-assets-'));
  });
  afterEach(() => rmSync(assets, { recursive: true }));

  it('takes what a folder of assets holds, and builds nothing when it holds all', async () => {
    give('etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl');
    await requirePrograms(assets);
    expect(await findPrograms(assets, say)).to.deep.equal({
      version: MAIN_VERSION,
      etcd: join(assets, 'etcd'),
      apiServer: join(assets, 'kube-apiserver'),
      controllerManager: join(assets, 'kube-controller-manager'),
      kubectl: join(assets, 'kubectl'),
    });
  });

  it('names what is missing from a folder of assets', async () => {
    give('etcd', 'kubectl');
    const error: unknown = await findPrograms(assets, say).catch((reason: unknown) => reason);
    expect(String(error)).to.contain(`no kube-apiserver in ${assets}`);
  });
});

import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readFile } from '../../src/waiter/files.ts';

describe('readFile', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'files-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Writes a volume as the kubelet does: all into a new folder, to which a link is then swapped. */
  async function mount(version: string, text: string): Promise<string> {
    await mkdir(join(folder, version));
    await writeFile(join(folder, version, 'ca.crt'), text);
    await symlink(version, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    return join(folder, '..data', 'ca.crt');
  }

  it('finds nothing where there is no file, or no folder', () => {
    expect(readFile(join(folder, 'ca.crt'))).to.equal(undefined);
    expect(readFile(join(folder, 'none', 'ca.crt'))).to.equal(undefined);
  });

  it('finds the same version until the volume is written again, though it be with the same text', async () => {
    const path = await mount('..1', 'one');
    const first = readFile(path);
    expect(first?.text()).to.equal('one');
    expect(readFile(path)?.version).to.equal(first?.version);
    await mount('..2', 'one');
    expect(readFile(path)?.version).to.not.equal(first?.version);
    await mount('..3', 'two');
    expect(readFile(path)?.text()).to.equal('two');
  });
});

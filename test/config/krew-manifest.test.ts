import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { archivesIn, krewManifest } from '../../.release/krew-manifest.ts';
import { useFolder } from '../commands/programs.ts';

/**
 * What krew 0.4.3 refuses, or its index does (`internal/index/validation` and `cmd/validate-krew-manifest` of
 * kubernetes-sigs/krew). Unknown fields are refused here too: krew would not read them.
 */
const platformSchema = z.strictObject({
  selector: z.strictObject({
    matchLabels: z.strictObject({ os: z.enum(['linux', 'darwin']), arch: z.enum(['amd64', 'arm64']) }),
  }),
  uri: z.url().endsWith('.tar.gz'),
  sha256: z.string().regex(/^[a-f0-9]{64}$/),
  bin: z.string().min(1),
});
const manifestSchema = z.strictObject({
  apiVersion: z.literal('krew.googlecontainertools.github.com/v1alpha2'),
  kind: z.literal('Plugin'),
  metadata: z.strictObject({ name: z.string().regex(/^[\w-]+$/) }),
  spec: z.strictObject({
    version: z.string().regex(/^v\d+\.\d+\.\d+$/),
    homepage: z.url(),
    shortDescription: z.string().regex(/^[^\r\n]{1,50}$/),
    description: z.string(),
    caveats: z.string(),
    platforms: z.array(platformSchema).min(1),
  }),
});

const PLATFORMS = ['darwin-amd64', 'darwin-arm64', 'linux-amd64', 'linux-arm64'];
const nameOf = (platform: string) => `kubectl-dgate-1.2.3-${platform}.tar.gz`;

describe('krewManifest', () => {
  const folder = useFolder();
  const manifest = () =>
    manifestSchema.parse(parse(krewManifest('1.2.3', 'owner/name', archivesIn(folder.path))));

  it('is one that krew takes, with each platform once', () => {
    for (const platform of PLATFORMS) writeFileSync(join(folder.path, nameOf(platform)), platform);
    const { metadata, spec } = manifest();
    expect([metadata.name, spec.version]).to.deep.equal(['dgate', 'v1.2.3']);
    const selected = spec.platforms.map(
      ({ selector: { matchLabels } }) => `${matchLabels.os}-${matchLabels.arch}`,
    );
    expect(selected).to.deep.equal(PLATFORMS);
  });

  it('names each archive where the release has it, by its sum', () => {
    writeFileSync(join(folder.path, nameOf('linux-arm64')), 'abc');
    const [platform] = manifest().spec.platforms;
    expect(platform).to.include({
      uri: `https://github.com/owner/name/releases/download/v1.2.3/${nameOf('linux-arm64')}`,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      bin: 'kubectl-dgate',
    });
  });

  it('is not made where there are no archives, or one of another version or platform', () => {
    expect(manifest).to.throw('there are no archives');
    for (const file of ['kubectl-dgate-1.2.2-linux-amd64.tar.gz', nameOf('win32-amd64')]) {
      expect(() => krewManifest('1.2.3', 'owner/name', [{ file, sha256: '' }])).to.throw(file);
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig, namespaceOf } from '../../../src/kube/client/kubeconfig.ts';

interface Entry {
  readonly name: string;
  readonly server?: string;
  readonly namespace?: string;
}

/** A file with one cluster, user and context of each name, as `kubectl config` writes it. */
function config(entries: readonly Entry[], current?: string): string {
  return JSON.stringify({
    clusters: entries.map(({ name, server }) => ({ name, cluster: { server: server ?? `https://${name}` } })),
    users: entries.map(({ name }) => ({ name, user: { token: `token of ${name}` } })),
    contexts: entries.map(({ name, namespace }) => ({
      name,
      context: { cluster: name, user: name, ...(namespace && { namespace }) },
    })),
    ...(current && { 'current-context': current }),
  });
}

describe('several kubeconfigs', () => {
  let folder: string;
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const used = (paths: readonly string[], context?: string) => {
    const loaded = loadConfig({ kubeconfigPaths: paths, context });
    return { server: loaded.getCurrentCluster()?.server, token: loaded.getCurrentUser()?.token };
  };

  it('are taken together: the first to name something counts', () => {
    const first = write('a', config([{ name: 'dev' }], 'dev'));
    const second = write('b', config([{ name: 'dev', server: 'https://other' }, { name: 'prod' }], 'prod'));
    expect(used([first, second])).to.deep.equal({ server: 'https://dev', token: 'token of dev' });
    expect(used([second, first])).to.deep.equal({ server: 'https://prod', token: 'token of prod' });
    expect(used([first, second], 'prod')).to.deep.equal({ server: 'https://prod', token: 'token of prod' });
  });

  it('may lack the current context, and may not be there, as long as one is', () => {
    const first = write('a', config([{ name: 'dev' }]));
    const second = write('b', config([{ name: 'prod' }], 'dev'));
    expect(used([first, join(folder, 'none'), second]).server).to.equal('https://dev');
    const none = join(folder, 'none');
    expect(() => used([none])).to.throw(`there is no kubeconfig: ${none}`);
  });

  it('are refused with a context that none of them has, or with none at all', () => {
    const file = write('a', config([{ name: 'dev' }]));
    expect(() => used([file], 'prod')).to.throw('the kubeconfig has no context prod');
    expect(() => used([file])).to.throw('no current context');
  });

  it('are refused where one is none, without a word of what is in it', () => {
    const file = write('a', 'token: [secret');
    expect(() => used([file]))
      .to.throw(`${file} is not a kubeconfig`)
      .and.not.to.match(/secret/);
  });

  it('name their files from where each of them is', () => {
    const file = write(
      'a',
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: 'https://c', 'certificate-authority': 'ca.crt' } }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        users: [{ name: 'u', user: {} }],
        'current-context': 'c',
      }),
    );
    const loaded = loadConfig({ kubeconfigPaths: [file] });
    expect(loaded.getCurrentCluster()?.caFile).to.equal(join(folder, 'ca.crt'));
  });

  describe('namespaceOf', () => {
    it('is that of the context, else default', () => {
      const file = write('a', config([{ name: 'dev', namespace: 'mine' }, { name: 'prod' }], 'dev'));
      expect(namespaceOf({ kubeconfigPaths: [file] })).to.equal('mine');
      expect(namespaceOf({ kubeconfigPaths: [file], context: 'prod' })).to.equal('default');
      expect(namespaceOf({ kubeconfigPath: file })).to.equal('mine');
    });
  });
});

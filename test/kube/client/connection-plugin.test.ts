import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Connection } from '../../../src/kube/client/connection.ts';
import { until } from '../until.ts';
import { authorizations, ConnectionRig, caught, get, kubeconfig } from './connection-rig.ts';
import { failure, json, type MisbehavingServer } from './misbehaving-server.ts';

describe('connect, with a credential plugin', () => {
  let rig: ConnectionRig;
  let server: MisbehavingServer;
  let home: string;

  beforeEach(async () => {
    rig = new ConnectionRig();
    server = await rig.serve();
    home = rig.directory;
    writeFileSync(join(home, 'runs'), '');
  });

  afterEach(() => rig.stop());

  /** A plugin that does this, and notes each run. */
  function withPlugin(script: string): Connection {
    const command = join(home, 'plugin');
    writeFileSync(command, `#!/bin/sh\necho run >> ${home}/runs\n${script}\n`);
    chmodSync(command, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command };
    return rig.open({ kubeconfigText: kubeconfig({ server: `http://127.0.0.1:${server.port}` }, { exec }) });
  }

  const runs = () => readFileSync(join(home, 'runs'), 'utf8').split('run').length - 1;
  const credential = (token: string) =>
    `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"${token}"}}'`;

  it('asks it once for requests that come together, and not again while its answer holds', async () => {
    const connection = withPlugin(credential('t'));
    server.script(json({}), json({}), json({}), json({}));
    await Promise.all([get(connection), get(connection), get(connection)]);
    await rig.clock.advance(120_000);
    await get(connection);
    expect(authorizations(server)).to.deep.equal(Array(4).fill('Bearer t'));
    expect(runs()).to.equal(1);
  });

  it('asks it again when its token is refused, once for all who were refused', async () => {
    const connection = withPlugin(
      `if [ $(wc -l < ${home}/runs) = 1 ]; then ${credential('t1')}; else ${credential('t2')}; fi`,
    );
    const refused = failure(401, 'Unauthorized');
    let refuseLater = () => {};
    const later = (response: Parameters<typeof refused>[0]) => {
      refuseLater = () => refused(response);
    };
    server.script(later, refused, refused, json({}), json({}), json({}));
    const slow = get(connection);
    await until('the slow request is there', () => server.seen.length === 1);
    expect(await Promise.all([get(connection), get(connection)])).to.deep.equal([200, 200]);
    refuseLater();
    expect(await slow).to.equal(200);
    expect(authorizations(server).slice(3)).to.deep.equal(Array(3).fill('Bearer t2'));
    expect(runs()).to.equal(2);
  });

  it('says that it failed, but nothing of a token that it printed', async () => {
    const failing = await caught(get(withPlugin('echo "log in first" >&2; exit 1')));
    expect(failing).to.include({
      reason: 'Credentials',
      message: 'cannot read the credentials: log in first',
    });
    const printing = await caught(get(withPlugin('echo secret-token')));
    expect(printing).to.include({ reason: 'Credentials' });
    expect(String(printing)).not.to.include('secret');
  });

  it('does not wait for it for ever', async () => {
    const connection = withPlugin(
      `while [ -d ${home} ] && [ ! -e ${home}/end ]; do sleep 0.05; done; ${credential('late')}`,
    );
    const error = caught(get(connection));
    await until('the plugin runs', () => runs() === 1);
    await rig.clock.advance(30_000);
    expect(await error).to.include({ status: 0, reason: 'Timeout' });
    appendFileSync(join(home, 'end'), '');
    server.script(json({}));
    expect(await get(connection)).to.equal(200);
  });
});

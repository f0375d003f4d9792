import { expect } from 'chai';
import { stringify } from 'yaml';
import { runCommand } from '../../cluster/run-command.ts';
import { useFolder, useProgram } from '../../commands/programs.ts';
import { deployment, type Sandbox, sandbox } from './fixture.ts';

describe('helm 4, on the server of the sandbox', function () {
  this.timeout(120_000);
  const helm = useProgram('helm');
  const folder = useFolder();
  let server: Sandbox;
  beforeEach(async () => {
    server = await sandbox();
    const image = 'app:{{ .Values.tag }}';
    folder.write({
      kubeconfig: server.kubeconfig,
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
      'chart/values.yaml': 'tag: "1"\n',
      'chart/templates/app.yaml': stringify(deployment('app', { containers: [{ name: 'app', image }] })),
    });
  });
  afterEach(() => server.stop());

  /** What helm prints; its own files stay in the folder. */
  const run = async (...args: string[]) => {
    const flags = ['--kubeconfig', `${folder.path}/kubeconfig`];
    return (await runCommand(['env', `HOME=${folder.path}`, helm(), ...flags, ...args])).stdout;
  };
  const chart = () => `${folder.path}/chart`;

  it('installs, upgrades with client-side apply, and uninstalls', async () => {
    expect(await run('install', 'release', chart())).to.contain('STATUS: deployed');
    const upgraded = await run('upgrade', 'release', chart(), '--set', 'tag=2', '--server-side=false');
    expect(upgraded).to.contain('REVISION: 2');
    expect(await run('uninstall', 'release')).to.contain('uninstalled');
  });

  it('says how to upgrade, since the sandbox has server-side apply for new objects only', async () => {
    await run('install', 'release', chart());
    const refused = await run('upgrade', 'release', chart(), '--set', 'tag=2').catch(String);
    expect(refused).to.contain('helm with --server-side=false');
  });
});

import { expect } from 'chai';
import { HELM_PLUGIN, RENDER_SCRIPT, run, useFolder, useProgram } from '../programs.ts';
import { DEPLOYMENT, GATE, templateIn } from './input.ts';

describe('render as a post-renderer of Helm 4', function () {
  this.timeout(120_000);
  const helm = useProgram('helm');
  const folder = useFolder();

  const PLUGIN = `${HELM_PLUGIN}    args: [--strict]
`;

  const template = (files: Readonly<Record<string, string>>, before: string[] = [], args: string[] = []) => {
    folder.write({
      'plugins/dependency-gate/plugin.yaml': PLUGIN,
      'plugins/dependency-gate/render': RENDER_SCRIPT,
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
      ...files,
    });
    const rendering = ['--post-renderer', 'dependency-gate', '--post-renderer-args=--waiter-image=waiter:1'];
    return run([...before, helm(), 'template', 'release', `${folder.path}/chart`, ...rendering, ...args], {
      env: { HOME: folder.path, HELM_PLUGINS: `${folder.path}/plugins` },
    });
  };

  const NAMES = ['dgate-api-first--api', 'dgate-api-first--redis', 'migrate', 'warm'];
  const namesIn = (text: string) => templateIn(text).spec.initContainers?.map(({ name }) => name);
  const chart = { 'chart/templates/pinger.yaml': DEPLOYMENT };

  it('gates a chart by a gate among its templates', () => {
    const { stdout, stderr } = template({ ...chart, 'chart/templates/gate.yaml': GATE });
    expect(stderr).to.equal('');
    expect(namesIn(stdout)).to.deep.equal(NAMES);
    expect(stdout).to.contain('kind: DependencyGate').and.to.contain('# makes the tables');
  });

  it('gates a chart by a gate from elsewhere, which does not become part of the release', () => {
    const arg = `--post-renderer-args=--gates=${folder.path}/gate.yaml`;
    const { stdout } = template({ ...chart, 'gate.yaml': GATE }, [], [arg]);
    expect(namesIn(stdout)).to.deep.equal(NAMES);
    expect(stdout).not.to.contain('kind: DependencyGate');
  });

  it('makes Helm fail where something is wrong', () => {
    const wrong = { ...chart, 'chart/templates/gate.yaml': GATE.replace('6379', '0') };
    const { code, stdout } = template(wrong);
    expect(code).to.equal(1);
    expect(stdout).to.equal('');
  });

  it('says what is wrong although Helm says only that the plugin failed', () => {
    const wrong = { ...chart, 'chart/templates/gate.yaml': GATE.replace('6379', '0') };
    // The standard error of a program that Node starts is a socket, which nobody else can open; a pipe is as in a shell.
    const { stderr } = template(wrong, ['sh', '-c', '"$@" 2>&1 >/dev/null | cat >&2', 'sh']);
    expect(stderr).to.match(
      /^dependency-gate: stdin, document \d+, line \d+: .*tcp\.port: Invalid value: 0: .*\n/,
    );
  });
});

import { expect } from 'chai';
import { outputOf, RENDER, run, runUnread, useFolder, useProgram } from '../programs.ts';
import { DEPLOYMENT, GATE, printed } from './input.ts';

const IMAGE = '--waiter-image=registry.example/dependency-gate:1.0.0';

describe('dependency-gate render', function () {
  this.timeout(120_000);
  const folder = useFolder();
  const render = (args: readonly string[], input = '') =>
    run([...RENDER, ...args], { cwd: folder.path, input });

  it('reads standard input when nothing is named', () => {
    const stream = `${GATE}---\n${DEPLOYMENT}`;
    expect(render([IMAGE], stream)).to.deep.equal({ code: 0, stdout: printed([stream]), stderr: '' });
  });

  it('reads files and standard input in their order', () => {
    folder.write({ 'gate.yaml': GATE });
    const { stdout, stderr } = render([IMAGE, '-f', 'gate.yaml', '-f', '-'], DEPLOYMENT);
    expect(stderr).to.equal('');
    expect(stdout).to.equal(printed([GATE, DEPLOYMENT]));
  });

  it('prints a diff that git applies, with the rendered file as result', () => {
    folder.write({ 'gate.yaml': GATE, 'deployment.yaml': DEPLOYMENT });
    const { stdout } = render([IMAGE, '--gates=gate.yaml', '-f', 'deployment.yaml', '--diff']);
    outputOf(['git', 'apply', '-p0', '-'], { cwd: folder.path, input: stdout });
    expect(outputOf(['cat', `${folder.path}/deployment.yaml`])).to.equal(printed([DEPLOYMENT], {}, [GATE]));
  });

  it('warns and goes on, or with --strict prints nothing and exits 1', () => {
    const lenient = render([IMAGE], GATE);
    expect(lenient).to.deep.include({ code: 0, stdout: GATE });
    expect(lenient.stderr).to.equal(
      'dependency-gate: warning: stdin, document 1, line 1: DependencyGate api-first: its target Deployment pinger of namespace my-namespace is not in the input\n',
    );
    expect(render([IMAGE, '--strict'], GATE)).to.deep.equal({ ...lenient, code: 1, stdout: '' });
  });

  it('says what is wrong with the input, prints nothing and exits 1', () => {
    const { code, stdout, stderr } = render([IMAGE], 'a: 1\n---\nkind: DependencyGate\nb: [\n');
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr).to.match(
      /^dependency-gate: stdin, document 2, line [45]: .+ \(this looks like a DependencyGate\)\n$/,
    );
    expect(render(['-f', 'none.yaml']).stderr).to.match(/^dependency-gate: ENOENT: .*'none\.yaml'\n$/);
  });

  it('lets nothing of the input steer the terminal, in mistakes and warnings alike', () => {
    const steering = '\\e[2J\\a\\u202e\\nforged: line';
    const invalid = GATE.replace('spec:', `spec:\n  "x${steering}": 1`);
    const strange = DEPLOYMENT.replace('name: pinger', `name: "pinger${steering}"`);
    folder.write({ 'x\x1b[2J\u202e.yaml': 'kind: DependencyGate\nb: [\n' });
    for (const { stderr } of [
      render([IMAGE], invalid),
      render([IMAGE], `${GATE.replace('name: pinger', `name: "pinger${steering}"`)}---\n${strange}`),
      render(['-f', 'x\x1b[2J\u202e.yaml']),
      render(['-f', 'none\x1b[2J.yaml']),
    ]) {
      expect(stderr).to.match(/^(dependency-gate: [^\n]*\n)+$/);
      expect(stderr.replaceAll('\n', '')).not.to.match(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('exits 2 for wrong usage', () => {
    for (const args of [
      ['--output', 'json'],
      ['--diff', '--output', 'patch'],
      ['--run-as-user', 'me'],
      ['gate.yaml'],
    ]) {
      expect(render(args).code, args.join(' ')).to.equal(2);
    }
  });

  it('leaves the user id to the cluster when asked to', () => {
    const { stdout } = render([IMAGE, '--run-as-user=none'], `${GATE}---\n${DEPLOYMENT}`);
    expect(stdout).to.contain('runAsNonRoot: true').and.not.to.contain('runAsUser');
  });

  it('ends without a complaint when its reader has seen enough', async () => {
    const { code, stderr } = await runUnread(RENDER, `${GATE}---\n${'# a comment line\n'.repeat(200_000)}`);
    expect(stderr).to.match(/^dependency-gate: warning: [^\n]*\n$/);
    expect(code).to.equal(0);
  });
});

describe('dependency-gate render -k', function () {
  this.timeout(120_000);
  useProgram('kubectl');
  const folder = useFolder();
  const render = (...args: string[]) => run([...RENDER, IMAGE, ...args], { cwd: folder.path });

  it('builds a kustomization and gates what it holds', () => {
    folder.write({
      'app/deployment.yaml': DEPLOYMENT,
      'app/gate.yaml': GATE,
      'app/kustomization.yaml': 'resources: [gate.yaml, deployment.yaml]\n',
    });
    const { code, stdout, stderr } = render('-k', 'app');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.contain('name: dgate-api-first--redis');
  });

  it('says why a kustomization cannot be built', () => {
    const { code, stderr } = render('-k', 'nowhere');
    expect(code).to.equal(1);
    expect(stderr).to.match(/^dependency-gate: \S+ \S+ nowhere: .*nowhere/);
  });
});

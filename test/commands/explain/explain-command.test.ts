import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { ROOT } from '../../config/manifests.ts';
import { type Outcome, run, useFolder, useProgram } from '../programs.ts';

const MAIN = join(ROOT, 'src/main.ts');

/** A port that nobody listens on. */
const NOWHERE = `
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: u, user: {}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`;

describe('dependency-gate explain', function () {
  this.timeout(120_000);
  const folder = useFolder();
  const explain = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome =>
    run([process.execPath, MAIN, 'explain', ...args], {
      cwd: folder.path,
      env: { KUBECONFIG: 'config', ...env },
    });

  for (const [what, args, says] of [
    ['no gate', [], /missing required argument/],
    ['two gates', ['a/b', 'c/d'], /too many arguments/],
    ['a path', ['a/b/c'], /NAMESPACE\/NAME/],
    ['a name that can be none', ['n/A'], /lower-case/],
    ['a namespace that can be none', ['b', '-n', '..'], /lower-case/],
    [
      'two namespaces',
      ['a/b', '-n', 'c'],
      /^dependency-gate: the gate's namespace is a and --namespace says c\n$/,
    ],
    ['an option that is none', ['a/b', '--output=json'], /unknown option/],
  ] as const) {
    it(`exits 2 for ${what}`, () => {
      const { code, stdout, stderr } = explain(args);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.match(says);
    });
  }

  it('looks for ~/.kube/config where nothing is named', () => {
    expect(explain(['a/b'], { KUBECONFIG: '', HOME: folder.path })).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: `dependency-gate: there is no kubeconfig: ${folder.path}/.kube/config\n`,
    });
  });

  it('exits 1 with one line where no cluster answers', () => {
    folder.write({ config: NOWHERE });
    const { code, stdout, stderr } = explain(['b']);
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr).to.match(/^dependency-gate: the cluster does not answer: .*ECONNREFUSED.*\n$/);
  });
});

describe('kubectl dgate explain', function () {
  this.timeout(120_000);
  const kubectl = useProgram('kubectl');
  const folder = useFolder();

  it('is the same program under the name of a plugin', () => {
    const { bin } = z
      .object({ bin: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    expect(bin['kubectl-dgate']).to.equal(bin['dependency-gate']);
  });

  it('gets its arguments, its environment and its exit code through kubectl', () => {
    folder.write({
      'kubectl-dgate': `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`,
      config: NOWHERE,
    });
    const env = { PATH: `${folder.path}:${process.env.PATH}`, KUBECONFIG: `${folder.path}/config` };
    const { code, stderr } = run([kubectl(), 'dgate', 'explain', 'a/b'], { env });
    expect(code).to.equal(1);
    expect(stderr).to.contain('dependency-gate: the cluster does not answer: ');
    expect(run([kubectl(), 'dgate', 'explain'], { env }).code).to.equal(2);
  });
});

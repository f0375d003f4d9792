import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { runAsUserOption } from '../../src/commands/options/waiter-options.ts';
import { projectImage } from '../cluster/images.ts';
import { ROOT, read, readManifests } from './manifests.ts';
import { operatorDeployment } from './operator-deployment.ts';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The stages of a Dockerfile: comments left out, continued lines joined. */
function stages(text: string): Instruction[][] {
  const lines = text
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean);
  const found: Instruction[][] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    expect(word, line).to.be.oneOf(['FROM', 'WORKDIR', 'COPY', 'RUN', 'LABEL', 'USER', 'ENTRYPOINT']);
    if (word === 'FROM') found.push([]);
    found.at(-1)?.push({ word, rest });
  }
  return found;
}

const [build = [], last = [], ...more] = stages(read('Dockerfile'));
const of = (stage: readonly Instruction[], word: string) =>
  stage.filter((instruction) => instruction.word === word).map(({ rest }) => rest);
const entryPoint = () => z.array(z.string()).parse(JSON.parse(of(last, 'ENTRYPOINT').join()));

describe('Dockerfile', () => {
  it('builds in one stage and runs in another, on the same Node, each named by its digest', () => {
    expect(more).to.be.empty;
    expect(of(build, 'FROM').join()).to.match(/ node:24-[\w-]+@sha256:[0-9a-f]{64} AS build$/);
    expect(of(last, 'FROM').join()).to.match(
      /^gcr\.io\/distroless\/nodejs24-[\w-]+:nonroot@sha256:[0-9a-f]{64}$/,
    );
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(read('package.json')));
    expect(engines.node).to.equal('>=24');
  });

  it('runs nothing in the last stage: there is no shell in it', () => {
    expect(of(last, 'RUN')).to.be.empty;
  });

  it('copies only what is there, and what .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    const copied = [...of(build, 'COPY'), ...of(last, 'COPY')].filter((rest) => !rest.startsWith('--from'));
    const sources = copied.flatMap((rest) => rest.split(' ').slice(0, -1));
    for (const source of sources) expect(existsSync(join(ROOT, source)), source).to.be.true;
    expect(new Set(allowed.map((line) => line.slice(1)))).to.deep.equal(new Set(sources));
  });

  it('starts what the build writes, as an ES module', () => {
    const [node, file, ...args] = entryPoint();
    expect(node).to.equal('/nodejs/bin/node');
    expect(file).to.equal('/app/dependency-gate.js');
    expect(args).to.be.empty;
    expect(of(last, 'COPY')).to.deep.equal(['LICENSE package.json /app/', '--from=build /src/dist/ /app/']);
    expect(read('build.ts')).to.contain("'dependency-gate': 'src/main.ts'").and.contain("?? 'dist'");
    expect(JSON.parse(read('package.json'))).to.include({ type: 'module' });
  });

  it("runs as the user that the operator's Deployment and the waiting containers name", () => {
    expect(of(last, 'USER')).to.deep.equal(['65532:65532']);
    const { securityContext } = operatorDeployment(readManifests('config/operator/deployment.yaml'));
    expect(securityContext).to.include({ runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532 });
    expect(runAsUserOption().defaultValue).to.equal(65532);
  });

  it('is what the cluster tests run in place of it', async () => {
    const { user, entrypoint, copies } = await projectImage('dist');
    expect([user]).to.deep.equal(of(last, 'USER'));
    expect(entrypoint).to.deep.equal(entryPoint());
    const app = Object.entries(copies).filter(([path]) => path.startsWith('/app'));
    expect(Object.fromEntries(app)).to.deep.equal({
      '/app': 'dist',
      '/app/LICENSE': join(ROOT, 'LICENSE'),
      '/app/package.json': join(ROOT, 'package.json'),
    });
  });
});

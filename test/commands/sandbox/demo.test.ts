import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { asKubectlNames, tellStory } from '../../../src/commands/sandbox/demo.ts';
import { startSandbox } from '../../../src/commands/sandbox/start-sandbox.ts';
import { ROOT } from '../../config/manifests.ts';
import { runUnread } from '../programs.ts';

describe('tellStory', () => {
  it('tells of both dependencies and of the end, each command with what it showed', async function () {
    this.timeout(60_000);
    const sandbox = await startSandbox({ log: pino({ level: 'silent' }) });
    const told: string[] = [];
    try {
      await tellStory(sandbox, 'config/samples/story', (text) => told.push(text));
    } finally {
      await sandbox.stop();
    }
    const lines = told.join('\n').split('\n');
    const outputOf = (command: string) => lines[lines.indexOf(`$ kubectl ${command}`) + 1];
    const folder = 'apply -f config/samples/story';
    expect(outputOf(`${folder}/gate.yaml`)).to.equal('dependencygate.dependencygate.dev/api-first created');
    expect(outputOf(`${folder}/service-api.yaml`)).to.equal('service/api created');
    expect(outputOf(`${folder}/gate-with-redis.yaml`)).to.equal(
      'dependencygate.dependencygate.dev/api-first configured',
    );
    const gates = lines.filter((line) => line.startsWith('api-first ')).map((line) => line.split(/ +/));
    expect(gates.map(([, targets, pods, init, open]) => [targets, pods, init, open])).to.deep.equal([
      ['2/2', '0/2', 'Init:0/1', 'False'],
      ['2/2', '2/2', 'Init:1/1', 'True'],
      ['2/2', '2/2', 'Init:2/2', 'True'],
    ]);
    expect(lines.filter((line) => line === 'continuing ...')).to.have.length(4);
    expect(lines.filter((line) => line === '# init containers left: none')).to.have.length(2);
  });
});

describe('dependency-gate sandbox', () => {
  it('ends without a complaint when its reader has seen enough', async function () {
    this.timeout(60_000);
    const command = [
      process.execPath,
      join(ROOT, 'src/main.ts'),
      'sandbox',
      '--demo',
      'config/samples/story',
    ];
    expect(await runUnread(command)).to.deep.equal({ code: 0, stderr: '' });
  });
});

describe('asKubectlNames', () => {
  it('names the group, where there is one', () => {
    const named = (apiVersion: string, kind: string) =>
      asKubectlNames({ apiVersion, kind, metadata: { name: 'api' } });
    expect(named('v1', 'Service')).to.equal('service/api');
    expect(named('apps/v1', 'Deployment')).to.equal('deployment.apps/api');
    expect(named('dependencygate.dev/v1alpha1', 'DependencyGate')).to.equal(
      'dependencygate.dependencygate.dev/api',
    );
  });
});

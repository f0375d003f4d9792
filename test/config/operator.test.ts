import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT, readManifests } from './manifests.ts';
import { operatorDeployment } from './operator-deployment.ts';

const { container } = operatorDeployment(readManifests('config/operator/deployment.yaml'));

/** The command line with an empty environment, so that an accepted `operator` ends at the question for a cluster. */
function run(...args: readonly string[]) {
  const main = join(ROOT, 'src/main.ts');
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: {}, timeout: 60_000 });
}

describe('config/operator', function () {
  this.timeout(120_000);

  it('sets arguments only, and the command line accepts them', () => {
    expect(container.command).to.be.undefined;
    const { args } = container;
    expect(args.join(' ')).to.not.contain('$(');
    const { status, stderr } = run(...args);
    expect(stderr).to.match(/^dependency-gate: no cluster/);
    expect(status).to.equal(1);
    expect(run(...args, '--no-such-flag').status, 'what is not accepted').to.equal(2);
  });

  it('gives Node flags that it knows, by which the heap goes by the limit of the memory', () => {
    const { value: NODE_OPTIONS = '' } = container.env.find(({ name }) => name === 'NODE_OPTIONS') ?? {};
    const limit = 'v8.getHeapStatistics().heap_size_limit';
    const told = (options: string) => {
      const env = { NODE_OPTIONS: options };
      const { stdout, stderr } = spawnSync(process.execPath, ['-p', limit], { encoding: 'utf8', env });
      expect(stderr).to.equal('');
      return Number(stdout);
    };
    expect(told(NODE_OPTIONS)).to.be.greaterThan(told(NODE_OPTIONS.replace('=75', '=25')) * 2);
  });

  it('takes a certificate for the metrics only at a port of their own, which the kubelet does not probe', () => {
    const certificate = '--metrics-cert-dir=/certificate';
    const { status, stderr } = run('operator', '--metrics-access=authorized', certificate);
    expect(status).to.equal(2);
    expect(stderr).to.equal(
      'dependency-gate: --metrics-cert-dir takes --metrics-port too: probes are made without TLS\n',
    );
    const accepted = run('operator', '--metrics-access=authorized', certificate, '--metrics-port=8082');
    expect(accepted.stderr).to.match(/^dependency-gate: no cluster/);
    expect(run('operator', '--metrics-access=nobody').status).to.equal(2);
  });

  it('probes the port that the operator serves its health on', () => {
    const [port] = container.ports;
    expect(run('operator', '--help').stdout).to.match(
      new RegExp(`--health-port.*default: ${port?.containerPort}\\)`, 's'),
    );
    expect([container.livenessProbe, container.readinessProbe].map(({ httpGet }) => httpGet)).to.deep.equal([
      { path: '/healthz', port: port?.name },
      { path: '/readyz', port: port?.name },
    ]);
  });
});

import { expect } from 'chai';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { useFolder, useProgram } from '../commands/programs.ts';
import { deployment, gate } from '../scenarios/manifests.ts';
import { requiring } from './first-starts/manifests.ts';
import { runCommand } from './run-command.ts';
import { running, serviceOf } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';

const SERVE = ['httpd', '-f', '-p', '8080', '-h', '/etc'];
const LISTENING = { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } };

/** Ready once that other Service serves. */
const needing = (host: string) => ({
  readinessProbe: {
    exec: { command: ['wget', '-q', '-O/dev/null', `http://${host}:8080/passwd`] },
    periodSeconds: 1,
  },
});

/** Helm writes workloads first and gates last, so that the first Pods are held. */
describe('a chart on a real node, installed with --wait', function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);
  const helm = useProgram('helm');
  const folder = useFolder();

  async function install(...objects: readonly KubeObject[]): Promise<void> {
    folder.write({
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
      ...Object.fromEntries(
        objects.map((one, index) => [`chart/templates/${index}.yaml`, JSON.stringify(one)]),
      ),
    });
    const program = [...cluster().enterNetwork, 'env', `HOME=${folder.path}`, helm()];
    const access = [`--kubeconfig=${cluster().kubeconfig}`, `--namespace=${story().namespace}`];
    const args = ['install', 'release', `${folder.path}/chart`, '--wait', '--timeout=100s'];
    await runCommand([...program, ...args, ...access], { limitMs: 120_000 });
  }

  it('ends where each of two apps needs the other to become ready, and one waits for the gate of the other', async () => {
    await install(
      ...[serviceOf('c', 8080), deployment('c', running(SERVE, LISTENING))],
      requiring(deployment('a', running(SERVE, needing('b'))), 'a'),
      ...[serviceOf('b', 8080), requiring(deployment('b', running(SERVE, LISTENING)), 'b')],
      gate('a', ['a'], [{ name: 'c', service: { name: 'c' } }]),
      gate('b', ['b'], [{ name: 'a', gate: { name: 'a' } }]),
    );
    for (const name of ['a', 'b']) await story().untilGate(name, { open: 'True/AllPassed', pods: '1/1' });
  });

  it('starts all Pods of an app at once, and no two halves after each other', async () => {
    const slow = ['sh', '-c', `sleep 8; exec ${SERVE.join(' ')}`];
    await install(
      ...[serviceOf('c', 8080), deployment('c', running(SERVE, LISTENING))],
      requiring(deployment('six', { replicas: 6, ...running(slow, LISTENING) }), 'six'),
      gate('six', ['six'], [{ name: 'c', service: { name: 'c' } }]),
    );
    await story().untilGate('six', { open: 'True/AllPassed', pods: '6/6', older: 0 });
    const starts = (await story().pods('six')).map(({ metadata }) => Date.parse(metadata.creationTimestamp));
    // The second half would come when the first is ready, eight seconds later.
    expect(Math.max(...starts) - Math.min(...starts)).to.be.lessThan(8000);
  });

  describe('in the end', () => itWentWell(cluster));
});

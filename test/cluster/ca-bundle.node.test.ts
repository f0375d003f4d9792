import { readdirSync, readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import { z } from 'zod';
import { TOKEN_MOUNT_PATH } from '../../src/api/names.ts';
import type { Dependency, GateSpec } from '../../src/api/spec.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { deployment, gate, secret } from '../scenarios/manifests.ts';
import type { PodView } from '../scenarios/views.ts';
import { type Certificates, makeCertificates } from '../waiter/certificates.ts';
import { eventually } from './eventually.ts';
import { IMAGE_NODE, PROJECT_IMAGE } from './images.ts';
import { IDLE, running, serviceOf } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';

/** What Linux passes in one environment variable at most. */
const VARIABLE_LIMIT = 128 * 1024;

/** Of https on port 8443: 503 until there is a file /tmp/ready. */
const SERVER = `
const { existsSync, readFileSync } = require('node:fs');
const pem = (name) => readFileSync('/tls/' + name);
const server = require('node:https').createServer({ key: pem('key'), cert: pem('cert') }, (_, response) =>
  response.writeHead(existsSync('/tmp/ready') ? 200 : 503).end());
server.listen(8443);
`;

const ROOMY = { limits: { memory: '256Mi' } };

/** MB of memory that the Pod's waiting process has for itself; the node's processes are this machine's. */
function resident({ metadata: { uid } }: PodView): number {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const own = processes.filter(
    (id) => proc(id, 'cgroup').includes(uid) && proc(id, 'cmdline').includes('\0wait\0'),
  );
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(proc(own[0] ?? '', 'status')) ?? [];
  if (kilobytes === undefined) throw new Error(`no process waits in Pod ${uid}`);
  return Number(kilobytes) / 1024;
}

/** A file of a process; empty where it has ended. */
function proc(id: string, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

describe('a CA bundle on a real node', function () {
  this.timeout(600_000);
  const cluster = useOperator({ syncSeconds: 20 });
  const story = useStory(cluster);
  const waiter = 'dgate-first--server';
  let certificates: Certificates;
  before('make certificates', async function () {
    this.timeout(60_000);
    certificates = await makeCertificates('DNS:server');
  });

  const server = (): KubeObject[] => {
    const { key, cert } = certificates;
    const volumeMounts = [{ name: 'tls', mountPath: '/tls' }];
    const command = [IMAGE_NODE, '--eval', SERVER];
    const volumes = [{ name: 'tls', secret: { secretName: 'tls' } }];
    const options = running(command, { image: PROJECT_IMAGE, volumeMounts }, { volumes });
    return [secret('tls', { key, cert }), deployment('server', options), serviceOf('server', 8443)];
  };

  const bundle = (key: string, text: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'trust' },
    ...{ data: { [key]: text } },
  });

  /** The Pod of the app that waits for the server. */
  async function waiting(more: Partial<GateSpec> = {}): Promise<PodView> {
    const tls = { caFrom: { configMapKeyRef: { name: 'trust', key: 'ca.crt' } } };
    const http = { url: 'https://server:8443/', tls };
    const dependency: Dependency = { name: 'server', http, periodSeconds: 1 };
    await story().apply(
      gate('first', ['app'], [dependency], more),
      ...server(),
      deployment('app', running(IDLE)),
    );
    return story().untilWaiting('app', waiter);
  }

  it('may be longer than a variable, come later and change, and costs no memory while the check goes on', async () => {
    const long = [...rootCertificates, certificates.ca].join('\n');
    expect(long.length).to.be.greaterThan(VARIABLE_LIMIT);
    const pod = await waiting();
    const missing = 'no CA bundle yet: key ca.crt of ConfigMap trust is missing';
    await story().untilLog(pod, waiter, new RegExp(`^waiting for server: ${missing}$`, 'm'));
    await story().apply(bundle('other', long));
    await story().untilGate('first', { open: 'False/Waiting', waitingOn: 'server' });

    await story().apply(bundle('ca.crt', long));
    await story().untilLog(pod, waiter, /^waiting for server: HTTP 503$/m);
    const first = resident(pod);
    // The kubelet looks at ConfigMaps now and then: dozens of attempts are made until then.
    await story().apply(bundle('ca.crt', rootCertificates.join('\n')));
    await story().untilLog(pod, waiter, /certificate/m);
    await story().apply(bundle('ca.crt', long));
    await eventually('it is trusted again', 120_000, async () => {
      const log = await story().log(pod, waiter);
      return /certificate.*\n.*HTTP 503\n$/.test(log) || undefined;
    });
    const last = resident(pod);
    expect(last)
      .to.be.lessThan(96)
      .and.lessThan(first + 16);
    await story().exec('deployment/server', IMAGE_NODE, '--eval', "fs.writeFileSync('/tmp/ready', '')");
    await story().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
    const [passed] = await story().pods('app');
    expect(passed?.status.initContainerStatuses.map(({ restartCount }) => restartCount)).to.deep.equal([0]);
  });

  it('stands alone where a container of ours would have the token', async () => {
    const pod = await waiting({ waiter: { resources: ROOMY } });
    const look = `JSON.stringify([fs.readdirSync('${TOKEN_MOUNT_PATH}'), process.getuid()])`;
    const read = (container: string) =>
      story().kubectl(['exec', pod.metadata.name, `--container=${container}`, '--', IMAGE_NODE, '-p', look]);
    const [files, user] = z.tuple([z.array(z.string()), z.int()]).parse(JSON.parse(await read(waiter)));
    expect(files.filter((name) => !name.startsWith('..'))).to.deep.equal(['annotations']);
    expect(user).to.equal(65532);
  });

  describe('in the end', () => itWentWell(cluster));
});

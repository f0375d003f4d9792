import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { read } from '../config/manifests.ts';
import { IMAGE_NODE, PROJECT_IMAGE, TOOLS_IMAGE } from './images.ts';

/** Stand-ins for users' apps, made of the images that the node has. */

type Fields = Readonly<Record<string, unknown>>;

/** Options of `deployment` and `statefulSet` for a workload that runs a command of the tools image. */
export function running(command: readonly string[], container: Fields = {}, pod: Fields = {}) {
  const app = { name: 'app', image: TOOLS_IMAGE, command, ...container };
  return { pod: { terminationGracePeriodSeconds: 1, containers: [app], ...pod } };
}

export const IDLE = ['sh', '-c', 'echo started; exec sleep 3600'];

/** Serves /tmp/www on port 8080: an empty folder at first, into which tests put files with `kubectl exec`. */
export const WEB_SERVER = ['sh', '-c', 'mkdir -p /tmp/www && exec httpd -f -p 8080 -h /tmp/www'];

/** Ready as soon as a test has made the file /tmp/ready. */
export const WHEN_TOLD_READY = {
  readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1 },
};

/** A server of grpc.health.v1 on port 9090 that says SERVING as soon as there is a file /tmp/serving. */
const HEALTH_SERVER = `
const { existsSync } = require('node:fs');
const server = require('node:http2').createServer();
server.on('stream', (stream) => {
  stream.resume();
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  const status = existsSync('/tmp/serving') ? 1 : 2; // SERVING, NOT_SERVING
  stream.end(Buffer.from([0, 0, 0, 0, 2, 8, status])); // uncompressed, 2 bytes: field 1, a varint
});
server.listen(9090);
`;

export function healthServer() {
  return running([IMAGE_NODE, '--eval', HEALTH_SERVER], { image: PROJECT_IMAGE });
}

/** A Service of the app's Pods, ready or not as Kubernetes sees it. */
export function serviceOf(app: string, port: number, name = app, spec: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app }, ports: [{ port }], ...spec },
  };
}

/** Images that samples name and no machine without the internet can have. */
const SAMPLE_IMAGES =
  /\bbusybox:[\w.]+|registry\.gitlab\.com\/tikal-external\/academy-public\/images\/bind-tools/g;

/** A shipped sample as it is, except for its images, its namespace and what these images cannot do. */
export function sample(file: string, namespace: string): string {
  return read(`config/samples/${file}`)
    .replaceAll(SAMPLE_IMAGES, TOOLS_IMAGE)
    .replaceAll('wget -q -T 2', 'wget -q') // with -T the busybox of Debian 12 crashes
    .replaceAll('my-namespace', namespace);
}

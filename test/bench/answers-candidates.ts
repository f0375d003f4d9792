/** Pods and Jobs whose first container stands for a check, each of which tells its answer in another way. */
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { IMAGE_NODE, PROJECT_IMAGE } from '../cluster/images.ts';

/** The container's name. */
export const CHECK = 'check';

type Fields = Readonly<Record<string, unknown>>;

/** Tells when it began and when it ended, in the way that a waiter tells its answer. */
function endsAfter(seconds: number): Fields {
  const script = `
    setTimeout(() => {
      require('node:fs').writeFileSync('/dev/termination-log', performance.timeOrigin + ' ' + Date.now());
      process.exitCode = 42;
    }, ${seconds * 1000});
  `;
  return { command: [IMAGE_NODE, '--eval', script] };
}

/** Writes its message and goes on. */
const SAYS_AND_STAYS = {
  command: [
    IMAGE_NODE,
    '--eval',
    "setInterval(() => require('node:fs').writeFileSync('/dev/termination-log', 'NXDOMAIN'), 1000)",
  ],
};

const RESTARTED_BY_RULE = {
  restartPolicy: 'Never',
  restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
};

/** A sidecar whose probe fails for some minutes; its server says so too, in a status and in a body. */
function probed(minutes: number, probe: Fields): Fields {
  const script = `
    const { existsSync, writeFileSync } = require('node:fs');
    setTimeout(() => writeFileSync('/tmp/passed', ''), ${minutes * 60_000});
    require('node:http').createServer((request, response) => {
      response.writeHead(existsSync('/tmp/passed') ? 200 : 503).end('waiting for api: NXDOMAIN');
    }).listen(8080);
  `;
  return {
    restartPolicy: 'Always',
    command: [IMAGE_NODE, '--eval', script],
    ...(Object.keys(probe).length > 0 && {
      startupProbe: { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 100_000, ...probe },
    }),
  };
}

/** @param answer an expression of JavaScript */
function execProbe(answer: string): Fields {
  const script = `
    if (!require('node:fs').existsSync('/tmp/passed')) { console.log('waiting for api: ' + ${answer}); process.exitCode = 1; }
  `;
  return { exec: { command: [IMAGE_NODE, '--eval', script] } };
}

function podSpec(check: Fields, restartPolicy: string): Fields {
  // A rendered waiter's limits; its requests would not let all of the Pods onto a small node.
  const resources = { limits: { cpu: '100m', memory: '96Mi' }, requests: { cpu: '10m', memory: '48Mi' } };
  const container = { image: PROJECT_IMAGE, resources };
  return {
    restartPolicy,
    terminationGracePeriodSeconds: 0,
    initContainers: [{ ...container, name: CHECK, ...check }],
    containers: [
      { ...container, name: 'app', command: [IMAGE_NODE, '--eval', 'setInterval(() => {}, 60_000)'] },
    ],
  };
}

function pod(name: string, check: Fields, restartPolicy = 'Always'): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: podSpec(check, restartPolicy) };
}

function job(name: string, check: Fields, restartPolicy: string): KubeObject {
  const template = { spec: podSpec(check, restartPolicy) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { backoffLimit: 6, template }, // the default
  };
}

function several(name: string, count: number, check: Fields): KubeObject[] {
  return Array.from({ length: count }, (_, index) => pod(`${name}-${index}`, check));
}

/** @param minutes after which the probes begin to succeed */
export function candidates(minutes: number): KubeObject[] {
  return [
    ...several('ends-after-20s', 3, endsAfter(20)),
    ...several('ends-after-2m', 3, endsAfter(120)),
    ...several('ends-after-9m30', 2, endsAfter(570)),
    ...several('ends-after-10m15', 3, endsAfter(615)),
    pod('never', endsAfter(20), 'Never'),
    pod('never-with-rule', { ...endsAfter(20), ...RESTARTED_BY_RULE }, 'Never'),
    job('job-onfailure', endsAfter(20), 'OnFailure'),
    job('job-never', endsAfter(20), 'Never'),
    job('job-never-with-rule', { ...endsAfter(20), ...RESTARTED_BY_RULE }, 'Never'),
    job('job-onfailure-with-rule', { ...endsAfter(20), ...RESTARTED_BY_RULE }, 'OnFailure'),
    pod('says-and-stays', SAYS_AND_STAYS),
    pod('probe-none', probed(minutes, {})),
    pod('probe-same-answer', probed(minutes, execProbe("'NXDOMAIN'"))),
    pod('probe-new-answers', probed(minutes, execProbe('Math.floor(Date.now() / 60_000)'))),
    pod('probe-every-10s', probed(minutes, { ...execProbe("'NXDOMAIN'"), periodSeconds: 10 })),
    pod('probe-http', probed(minutes, { httpGet: { port: 8080 } })),
  ];
}

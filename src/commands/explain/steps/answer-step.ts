import { addressSources, filesOf, keyWords } from '../../../api/key-references.ts';
import type { FileSource } from '../../../api/names.ts';
import type { Dependency } from '../../../api/spec.ts';
import type { DependencyStatus } from '../../../api/status.ts';
import { serviceOf } from '../../../core/evaluate/references.ts';
import { containerFor, type ExplainWorld } from '../explain-world.ts';
import { kubectl, type Step, step } from './step.ts';

/** What helps where a check that runs in Pods gets an answer that does not satisfy: docs/guide/checks.md has the meanings. */
const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [
    /NXDOMAIN/,
    'the name does not exist where the Pod asks for it. A Service must exist, in the namespace that the name leads to',
  ],
  [/^no data/, 'the name exists, without an address. A headless Service has one for each Pod that is ready'],
  [/^SERVFAIL/, 'the name server tried and failed; often its upstream does not answer'],
  [/^REFUSED/, 'the name server does not answer such questions from here'],
  [/no name server reachable/, 'no name server answers: see whether the cluster DNS runs'],
  [/^connection refused/, 'nobody listens there. A Service needs a Pod that is ready behind that port'],
  [/^timeout/, 'no answer: a network policy, a wrong address, or a server that is too slow'],
  [/^(no route to host|network unreachable)/, 'there is no way from the Pod to that address'],
  [/^HTTP \d/, 'the server answers, with a status that does not satisfy: its own log says why'],
  [/not an HTTP|not a TLS/, 'something else listens there: see the port, and whether it speaks TLS'],
  [/^no certificate in the CA bundle/, 'put PEM certificates there, or correct tls.caFrom in the gate'],
  [
    /^(no client (certificate|key)|the client certificate cannot be used)/,
    'put a PEM certificate and its key, not encrypted, into that Secret, or correct tls.clientCertificateFrom',
  ],
  [
    /alert|certificate required/i,
    'the server does not accept the client: see tls.clientCertificateFrom, and whom the server trusts',
  ],
  [/certificate|self.signed|hostname/i, 'the certificate is not accepted: see tls.caFrom and tls.serverName'],
  [/^NOT_SERVING/, 'the server says itself that it is not ready: its own log says why'],
  [/^SERVICE_UNKNOWN|NOT_FOUND/, 'the server does not know the service that grpc.service names'],
  [/UNIMPLEMENTED/, 'the server has no grpc.health.v1 service'],
];

/**
 * What to do about a dependency that Pods check themselves. What the operator sees of its Service says most, then the
 * last line of a log.
 */
export function answerStep(
  world: ExplainWorld,
  dependency: Dependency,
  { reason, answer: hint }: Pick<DependencyStatus, 'reason' | 'answer'>,
): Step {
  const service = serviceOf(dependency, world.gate.namespace);
  const said = lastAnswer(world, dependency.name);
  const known = ANSWERS.find(([pattern]) => said !== undefined && pattern.test(said));
  const why = hangUp(dependency, said) ?? (known ? `${said}: ${known[1]}` : said);
  const missing = missingFile(dependency, said);
  if (missing !== undefined) {
    const { kind, name, key } = missing;
    return step(
      `${dependency.name}: ${kind} ${name} is not in ${world.gate.namespace}, or lacks the key ${key}. Create it, or correct tls in the gate; the kubelet brings it into Pods that wait within a minute or two.`,
      kubectl(world, `describe ${kind.toLowerCase()} ${name}`),
    );
  }
  if (service !== undefined && reason === 'NotFound') {
    return step(
      `${dependency.name}: Service ${service} does not exist in ${world.gate.namespace}. Create it, or correct the host in the gate.`,
      kubectl(world, 'get services'),
    );
  }
  if (service !== undefined && hint !== undefined) {
    const text =
      reason === 'EndpointsNotReady'
        ? `Service ${service} has no Pod that is ready behind it`
        : (why ?? `${hint}, and the check is not satisfied yet`);
    return step(`${dependency.name}: ${text}.`, ...serviceCommands(world, service));
  }
  if (why !== undefined) return step(`${dependency.name}: ${why}.${originWords(dependency)}`);
  return step(`${dependency.name}: its log has the answer.`, ...logCommands(world, dependency.name));
}

/** Many servers tell a client that they do not accept by nothing but that. */
function hangUp({ http, grpc }: Dependency, said: string | undefined): string | undefined {
  if (!/^connection (reset|closed)/.test(said ?? '') || (http ?? grpc)?.tls === undefined) return undefined;
  return `${said}: where the server asks for a client certificate, it may not accept that of tls.clientCertificateFrom, or want one`;
}

/** The file that the waiter says it has not yet. */
function missingFile(dependency: Dependency, said: string | undefined): FileSource | undefined {
  if (!/^no (CA bundle|client certificate|client key) yet/.test(said ?? '')) return undefined;
  return filesOf(dependency).find(({ kind, name, key }) => said?.includes(`key ${key} of ${kind} ${name} `));
}

/** Where a person finds the address that is asked: the answer alone does not tell. */
function originWords(dependency: Dependency): string {
  const origins = addressSources(dependency).map(keyWords).join(' and ');
  return origins === '' ? '' : ` Where it asks is in ${origins}.`;
}

/** What stands behind a Service. */
export function serviceCommands(world: ExplainWorld, service: string): string[] {
  return [
    kubectl(world, `describe service ${service}`),
    kubectl(world, `get endpointslices -l kubernetes.io/service-name=${service}`),
  ];
}

/** The answer in the waiter's last line: `waiting for api: NXDOMAIN`, `overdue: still waiting for api after 5m: NXDOMAIN`. */
function lastAnswer({ logs }: ExplainWorld, dependency: string): string | undefined {
  const lines = logs.get(dependency)?.lines ?? [];
  if ('unread' in lines) return undefined;
  const start = new RegExp(`waiting for ${dependency}(?![a-z0-9-])`);
  const line = lines.findLast((one) => start.test(one)) ?? '';
  return /^.*?waiting for [a-z0-9-]+(?: after \w+)?: (.+)$/.exec(line)?.[1];
}

function logCommands(world: ExplainWorld, dependency: string): string[] {
  const { blockedPods = [] } = world.gate.status.dependencies?.find(({ name }) => name === dependency) ?? {};
  return blockedPods
    .slice(0, 1)
    .map((pod) => kubectl(world, `logs ${pod} -c ${containerFor(world, dependency)}`));
}

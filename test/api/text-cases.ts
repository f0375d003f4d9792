import { TEXT_RULES } from '../../src/api/text-rules.ts';
import { depending, type Manifest, manifest } from './manifest.ts';

/** Texts that keep a rule, and texts that break it, with the words for them: for the functions and for a real API server. */
export interface TextCase {
  readonly rule: keyof typeof TEXT_RULES;
  /** The field that the API server names. */
  readonly field: string;
  /** A gate with a text there that is wrong in nothing else. */
  readonly at: (text: string) => Manifest;
  readonly kept: readonly string[];
  /** By the words. */
  readonly broken: Readonly<Record<string, readonly string[]>>;
}

const container = (settings: object) => depending({ container: { image: 'busybox', ...settings } });
const resource = (settings: object) =>
  depending({ resource: { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', ...settings } });
const http = (settings: object) => depending({ http: { url: 'https://api', ...settings } });
const of = 'spec.dependencies[0]';

const EMPTY = 'it is empty: put a name here, or remove the field';
const LOWER = 'use lower-case letters only';
const HYPHEN = 'use a hyphen in place of the underscore';
const IS_URL = 'this is a URL: use its host alone, or put the URL into an http check';
const NO_PATH = 'a host has no path: use what is before the slash, or an http check with the whole URL';
const ANY_HOST = 'use a host name or IP address alone, such as api, db.example.com, 10.0.0.1 or fd00::1';
const NO_BRACKETS = 'use the IPv6 address without its brackets';

const hosts: Pick<TextCase, 'kept' | 'broken'> = {
  kept: ['redis', 'db.example.com', '10.0.0.1', 'fd00::1', '::1', '::', 'fe80::1%eth0'],
  broken: {
    [IS_URL]: ['tcp://redis', 'http://redis:6379/0', 'HTTPS://x'],
    'put the port into port, and use the host alone here': ['redis:6379', '[fd00::1]:6379', '10.0.0.1:1'],
    [NO_BRACKETS]: ['[fd00::1]'],
    [NO_PATH]: ['redis/0', '/redis'],
    [ANY_HOST]: ['', '-redis', ':1', 'a\nb', '*', 'a b', 'redis:port'],
  },
};

export const TEXT_CASES: readonly TextCase[] = [
  {
    rule: 'label',
    field: `${of}.name`,
    at: (name) => manifest({ dependencies: [{ name, dns: { host: 'api' } }] }),
    kept: ['a', '1', 'a-b', 'a--1'],
    broken: {
      [EMPTY]: [''],
      [LOWER]: ['Api', 'my_API'],
      [HYPHEN]: ['my_api', 'my_api.x'],
      'use no dots: a hyphen can stand there': ['api.other', '.a'],
      'use lower-case letters, digits and hyphens, such as my-api, with a letter or digit at both ends': [
        ...['-a', 'a-', 'a b', 'ä', 'a\n', 'a/b', '$(a)'],
      ],
    },
  },
  {
    rule: 'objectName',
    field: 'spec.targets[0].name',
    at: (name) => manifest({ targets: [{ name }] }),
    kept: ['a', 'a.b-c.1'],
    broken: {
      [EMPTY]: [''],
      "use the name alone, without kind or namespace before it: kind has a field of its own, and everything is in the gate's own namespace":
        ['deployment/pinger', 'Team/pinger'],
      [LOWER]: ['Pinger'],
      [HYPHEN]: ['my_pinger'],
      'use the name of the object alone: lower-case letters, digits, hyphens and dots, with a letter or digit at both ends':
        ['-a', 'a.', 'a..b', 'a b', 'a:1', 'a\n'],
    },
  },
  {
    rule: 'serviceName',
    field: `${of}.service.name`,
    at: (name) => depending({ service: { name } }),
    kept: ['api', 'api-1'],
    broken: {
      [EMPTY]: [''],
      "no Service has dots in its name, and this one is in the gate's own namespace: use what is before the first dot; for a Service of another namespace use tcp, http or grpc, with the whole name as host":
        ['api.other', 'api.other.svc.cluster.local', 'api.other:80'],
      'put the port into port, and use the name alone here': ['api:80'],
      [LOWER]: ['Api'],
      [HYPHEN]: ['my_api'],
      'use the name of the Service alone: lower-case letters, digits and hyphens, with a letter or digit at both ends':
        ['-api', 'api:http', 'http//api', 'a b'],
    },
  },
  {
    rule: 'dnsHost',
    field: `${of}.dns.host`,
    at: (host) => depending({ dns: { host } }),
    kept: ['api', 'api.team.svc.cluster.local.', '_sip._tcp.example.com', '10.0.0.1', 'A1'],
    broken: {
      [IS_URL]: ['http://api', 'https://api:80/x'],
      'a name is looked up without a port: remove the port, or use a tcp check, which has one': ['api:80'],
      [NO_PATH]: ['api/x'],
      'use a host name alone, such as api, api.team.svc.cluster.local or db.example.com': [
        ...['', '--api', '.api', 'a b', 'fd00::1', 'ä', 'api\n', '$(HOST)'],
      ],
    },
  },
  ...(['tcp', 'grpc'] as const).map(
    (check): TextCase => ({
      rule: 'host',
      field: `${of}.${check}.host`,
      at: (host) => depending({ [check]: { host, port: 1 } }),
      ...hosts,
    }),
  ),
  ...(['http', 'grpc'] as const).map(
    (check): TextCase => ({
      rule: 'serverName',
      field: `${of}.${check}.tls.serverName`,
      at: (serverName) =>
        depending({
          [check]: {
            ...(check === 'http' ? { url: 'https://api' } : { host: 'api', port: 1 }),
            tls: { serverName },
          },
        }),
      kept: ['api', 'api.example.com', 'fd00::1'],
      broken: {
        'this is a URL: use its host alone, as the certificate has it': ['https://api'],
        'a certificate is for a name without a port: remove the port': ['api:443'],
        [NO_BRACKETS]: ['[::1]'],
        [NO_PATH]: ['api/x'],
        'use the host name or IP address alone that the certificate is for': ['*.example.com', '', 'a b'],
      },
    }),
  ),
  {
    rule: 'url',
    field: `${of}.http.url`,
    at: (url) => depending({ http: { url } }),
    kept: [
      ...['http://api', 'https://api:8443/healthz?full=1#x', 'http://[fd00::1]:80/', 'http://a_b/%20'],
      ...['https://10.0.0.1', 'http://api:0', 'http://api:65535', 'http://a/@b:c'],
    ],
    broken: {
      'put http:// or https:// in front of it': [
        'api/healthz',
        'api:8080',
        '/healthz',
        '',
        'http:/api',
        'localhost',
      ],
      'use http:// or https://, in lower case; for other protocols use a tcp or grpc check': [
        ...['HTTP://api', 'ftp://api/x', ' http://api'],
      ],
      'use no user name or password here, since whoever may read Pods reads them: put them into headers, with valueFrom':
        ['http://u:p@api/', 'http://u@api'],
      "use the port's number behind the colon, from 0 to 65535": [
        ...['http://api:http/', 'http://api:65536', 'http://api:99999/x', 'http://[::1]:x/', 'http://api:/'],
      ],
      'put a host behind the two slashes': ['http:///path', 'https://', 'http://?x'],
      'use no spaces and no letters beyond ASCII: percent-encode them, such as %20': [
        ...['http://api/a b', 'http://api/ä', 'http://api\n'],
      ],
      'use a whole URL, such as http://api:8080/healthz: http:// or https://, and a host': [
        ...['http://-api', 'http://[x]/', 'http://*.api/'],
      ],
    },
  },
  {
    rule: 'dataKey',
    field: `${of}.tcp.hostFrom.secretKeyRef.key`,
    at: (key) => depending({ tcp: { hostFrom: { secretKeyRef: { name: 'db', key } }, port: 1 } }),
    kept: ['host', 'tls.crt', '.dockerconfigjson', '_A-1'],
    broken: {
      'use a key as it stands in data of the Secret or ConfigMap: letters, digits, hyphens, _ and dots': [
        ...['', '.', '..', '..a', 'a/b', 'a b', '/a'],
      ],
    },
  },
  {
    rule: 'image',
    field: 'spec.waiter.image',
    at: (image) => manifest({ waiter: { image } }),
    kept: ['busybox', 'registry.example.com:5000/team/app:1.2@sha256:0'],
    broken: {
      'use an image, such as registry.example.com/team/app:1.2, without spaces': [
        '',
        'a b',
        ' a',
        'ä',
        'a\n',
      ],
    },
  },
  {
    rule: 'quantity',
    field: 'spec.waiter.resources.limits.memory',
    at: (memory) => manifest({ waiter: { resources: { limits: { memory } } } }),
    kept: ['64Mi', '1G', '0.5Gi', '100000000'],
    broken: {
      'use Ki, Mi or Gi as unit, without the B of bytes': ['64MB', '64 MB', '1GiB', '1gb'],
      'use a number and its unit, such as 100m or 0.5 of CPU, 64Mi or 1Gi of memory': [
        ...['', '64 Mi', '64mi', 'x', '-1', '1e3', '.5', 'much'],
      ],
    },
  },
  {
    rule: 'quantity',
    field: 'spec.dependencies[0].container.resources.requests.cpu',
    at: (cpu) => container({ resources: { requests: { cpu }, limits: { cpu: '1' } } }),
    kept: ['100m', '1'],
    broken: {
      'use a number and its unit, such as 100m or 0.5 of CPU, 64Mi or 1Gi of memory': ['x', '1 m', ''],
    },
  },
  {
    rule: 'apiVersion',
    field: `${of}.resource.apiVersion`,
    at: (apiVersion) => resource({ apiVersion }),
    kept: ['v1', 'apps/v1', 'cert-manager.io/v1alpha2'],
    broken: {
      'use group and version as manifests have them, such as batch/v1, or v1 alone for Pods and ConfigMaps': [
        ...['', 'batch', 'batch/', 'Batch/v1', 'batch/v1/jobs', 'batch/1', 'v', 'batch/v1 '],
      ],
    },
  },
  {
    rule: 'kind',
    field: `${of}.resource.kind`,
    at: (kind) => resource({ kind }),
    kept: ['Job', 'HTTPRoute', 'V2'],
    broken: {
      'use the kind as manifests have it, such as Job, alone: in the singular, with a capital letter': [
        ...['', 'job', 'jobs.batch', 'Job/migrate', 'Job '],
      ],
    },
  },
  {
    rule: 'conditionType',
    field: `${of}.resource.condition.type`,
    at: (type) => resource({ condition: { type } }),
    kept: ['Ready', 'example.com/Ready'],
    broken: {
      'use the type of a condition as it stands in status.conditions, such as Ready': [
        ...['', 'Ready=True', 'condition: Ready', '-x'],
      ],
    },
  },
  {
    rule: 'labelKey',
    field: `${of}.resource.matchPod.labels[0]`,
    at: (key) => resource({ matchPod: { labels: [key] } }),
    kept: ['app', 'app.kubernetes.io/version', 'A_b.c'],
    broken: {
      "use a label's key alone, such as app.kubernetes.io/version": [
        '',
        'app=shop',
        'a/b/c',
        '-a',
        'App.io/a b',
      ],
    },
  },
  {
    rule: 'labelValue',
    field: `${of}.resource.selector.matchLabels[app]`,
    at: (app) => {
      const selector = { matchLabels: { app } };
      return depending({ resource: { apiVersion: 'batch/v1', kind: 'Job', selector } });
    },
    kept: ['', 'shop', 'Shop_1.2-x'],
    broken: {
      'use a value that a label can have: letters, digits, hyphens, _ and dots, with a letter or digit at both ends':
        ['a b', '*', '-a', 'a/b', 'a.'],
    },
  },
  {
    rule: 'headerName',
    field: `${of}.http.headers[0].name`,
    at: (name) => http({ headers: [{ name, value: '' }] }),
    kept: ['Authorization', 'x-a', 'a|b~'],
    broken: {
      "use a header's name alone, such as Authorization: without colon and spaces": [
        ...['', 'Authorization:', 'A B', 'A\r\nB', 'Ä'],
      ],
    },
  },
  {
    rule: 'headerValue',
    field: `${of}.http.headers[0].value`,
    at: (value) => http({ headers: [{ name: 'A', value }] }),
    kept: ['', 'Bearer x', 'a\tb'],
    broken: { 'use ASCII characters on one line': ['a\nB: c', 'a\r', 'ä'] },
  },
  {
    rule: 'grpcService',
    field: `${of}.grpc.service`,
    at: (service) => depending({ grpc: { host: 'api', port: 1, service } }),
    kept: ['', 'shop.v1.Orders'],
    broken: { 'use the name of a gRPC service, such as shop.v1.Orders, without spaces': ['a b', 'ä', '\n'] },
  },
  {
    rule: 'variable',
    field: `${of}.container.env[0].name`,
    at: (name) => container({ env: [{ name }] }),
    kept: ['DB_HOST', 'a.b-c', '_1'],
    broken: {
      'use letters, digits, _, hyphens and dots, and no digit first, such as DB_HOST': [
        '',
        '1A',
        'A=b',
        'A B',
        '$A',
      ],
    },
  },
  {
    rule: 'fieldPath',
    field: `${of}.container.env[0].valueFrom.fieldRef.fieldPath`,
    at: (fieldPath) => container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath } } }] }),
    kept: ['metadata.name', "metadata.labels['app.kubernetes.io/name']", 'status.podIPs'],
    broken: {
      [TEXT_RULES.fieldPath.message]: [
        '',
        'metadata.labels',
        'metadata.labels["app"]',
        'status.phase',
        '.metadata.name',
      ],
    },
  },
  {
    rule: 'mountPath',
    field: `${of}.container.volumeMounts[0].mountPath`,
    at: (mountPath) => container({ volumeMounts: [{ name: 'data', mountPath }] }),
    kept: ['/', '/etc/app', '/a b'],
    broken: {
      'use a path that begins with a slash and has no colon, such as /etc/app': ['', 'etc', '/a:b', './a'],
    },
  },
  {
    rule: 'subPath',
    field: `${of}.container.volumeMounts[0].subPath`,
    at: (subPath) => container({ volumeMounts: [{ name: 'data', mountPath: '/data', subPath }] }),
    kept: ['a', 'a/b.c', '.a/b'],
    broken: {
      'use a path inside of the volume, such as conf/app.ini: with no slash first, and without ..': [
        ...['', '/a', 'a/', '..', 'a/../b', '.', 'a//b'],
      ],
    },
  },
];

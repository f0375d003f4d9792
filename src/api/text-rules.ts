import type { Mistake, TextRule } from './text-rule.ts';

/** What the texts in a gate are made of, and the words for those that are not: see `text-rule.ts`. */

/** A DNS label (RFC 1123): what container names, gates and dependencies are made of. */
export const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** A DNS subdomain (RFC 1123): the names of Kubernetes objects. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** A host name or IPv4 address; underscores are common in SRV-like names. Never starts like a command-line flag. */
const HOST_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
/** The same, or an IPv6 address, with two colons at least: `redis:6379` is a host and a port, not a host. */
const HOST = /^([A-Za-z0-9_][A-Za-z0-9_.-]*|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?)$/;
const URL =
  /^https?:\/\/([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(:([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?([/?#][!-~]*)?$/;
const FIELD_PATH =
  /^(metadata\.(name|namespace|uid|(labels|annotations)\['[-A-Za-z0-9_./]+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;
const WITH_PORT = /^([^:/]+|\[.*\]):[0-9]+$/;

const upperCase: Mistake = { has: /[A-Z]/, message: 'use lower-case letters only' };
const underscore: Mistake = { has: /_/, message: 'use a hyphen in place of the underscore' };
const noText: Mistake = { has: /^$/, message: 'it is empty: put a name here, or remove the field' };
const isUrl: Mistake = {
  has: SCHEME,
  message: 'this is a URL: use its host alone, or put the URL into an http check',
};
const bracketed: Mistake = { has: /^\[.*\]$/, message: 'use the IPv6 address without its brackets' };
const withPath: Mistake = {
  has: /\//,
  message: 'a host has no path: use what is before the slash, or an http check with the whole URL',
};

export const TEXT_RULES = {
  /** Of dependencies, gates, containers and volumes. */
  label: {
    pattern: LABEL,
    message:
      'use lower-case letters, digits and hyphens, such as my-api, with a letter or digit at both ends',
    mistakes: [
      noText,
      upperCase,
      underscore,
      { has: /\./, message: 'use no dots: a hyphen can stand there' },
    ],
  },
  /** Of any object of Kubernetes. */
  objectName: {
    pattern: SUBDOMAIN,
    message:
      'use the name of the object alone: lower-case letters, digits, hyphens and dots, with a letter or digit at both ends',
    mistakes: [
      noText,
      {
        has: /\//,
        message:
          "use the name alone, without kind or namespace before it: kind has a field of its own, and everything is in the gate's own namespace",
      },
      upperCase,
      underscore,
    ],
  },
  serviceName: {
    pattern: LABEL,
    message:
      'use the name of the Service alone: lower-case letters, digits and hyphens, with a letter or digit at both ends',
    mistakes: [
      noText,
      {
        has: /\./,
        message:
          "no Service has dots in its name, and this one is in the gate's own namespace: use what is before the first dot; for a Service of another namespace use tcp, http or grpc, with the whole name as host",
      },
      { has: /:[0-9]+$/, message: 'put the port into port, and use the name alone here' },
      upperCase,
      underscore,
    ],
  },
  dnsHost: {
    pattern: HOST_NAME,
    message: 'use a host name alone, such as api, api.team.svc.cluster.local or db.example.com',
    mistakes: [
      isUrl,
      {
        has: WITH_PORT,
        message: 'a name is looked up without a port: remove the port, or use a tcp check, which has one',
      },
      withPath,
    ],
  },
  host: {
    pattern: HOST,
    message: 'use a host name or IP address alone, such as api, db.example.com, 10.0.0.1 or fd00::1',
    mistakes: [
      isUrl,
      { has: WITH_PORT, message: 'put the port into port, and use the host alone here' },
      bracketed,
      withPath,
    ],
  },
  serverName: {
    pattern: HOST,
    message: 'use the host name or IP address alone that the certificate is for',
    mistakes: [
      { has: SCHEME, message: 'this is a URL: use its host alone, as the certificate has it' },
      { has: WITH_PORT, message: 'a certificate is for a name without a port: remove the port' },
      bracketed,
      withPath,
    ],
  },
  url: {
    pattern: URL,
    message: 'use a whole URL, such as http://api:8080/healthz: http:// or https://, and a host',
    mistakes: [
      { lacks: /:\/\//, message: 'put http:// or https:// in front of it' },
      {
        lacks: /^https?:\/\//,
        message: 'use http:// or https://, in lower case; for other protocols use a tcp or grpc check',
      },
      {
        has: /^https?:\/\/[^/?#]*@/,
        message:
          'use no user name or password here, since whoever may read Pods reads them: put them into headers, with valueFrom',
      },
      {
        has: /^https?:\/\/([^/?#[\]:]*|\[[^\]]*\]):/,
        message: "use the port's number behind the colon, from 0 to 65535",
      },
      { has: /^https?:\/\/([/?#]|$)/, message: 'put a host behind the two slashes' },
      {
        has: /[^!-~]/,
        message: 'use no spaces and no letters beyond ASCII: percent-encode them, such as %20',
      },
    ],
  },
  dataKey: {
    pattern: /^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$/,
    message:
      'use a key as it stands in data of the Secret or ConfigMap: letters, digits, hyphens, _ and dots',
  },
  image: {
    pattern: /^[!-~]+$/,
    message: 'use an image, such as registry.example.com/team/app:1.2, without spaces',
  },
  quantity: {
    pattern: /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$/,
    message: 'use a number and its unit, such as 100m or 0.5 of CPU, 64Mi or 1Gi of memory',
    mistakes: [
      {
        has: /^[0-9.]+ *([kKmMgGtT][iI]?[bB])$/,
        message: 'use Ki, Mi or Gi as unit, without the B of bytes',
      },
    ],
  },
  apiVersion: {
    pattern: /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?v[0-9]([a-z0-9]*[0-9])?$/,
    message:
      'use group and version as manifests have them, such as batch/v1, or v1 alone for Pods and ConfigMaps',
  },
  kind: {
    pattern: /^[A-Z][A-Za-z0-9]*$/,
    message: 'use the kind as manifests have it, such as Job, alone: in the singular, with a capital letter',
  },
  conditionType: {
    pattern: /^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$/,
    message: 'use the type of a condition as it stands in status.conditions, such as Ready',
  },
  labelKey: {
    pattern: /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
    message: "use a label's key alone, such as app.kubernetes.io/version",
  },
  labelValue: {
    pattern: /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
    message:
      'use a value that a label can have: letters, digits, hyphens, _ and dots, with a letter or digit at both ends',
  },
  headerName: {
    pattern: /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/,
    message: "use a header's name alone, such as Authorization: without colon and spaces",
  },
  /** A line break in one would begin another. */
  headerValue: {
    pattern: /^[\t -~]*$/,
    message: 'use ASCII characters on one line',
  },
  grpcService: {
    pattern: /^[!-~]*$/,
    message: 'use the name of a gRPC service, such as shop.v1.Orders, without spaces',
  },
  variable: {
    pattern: /^[-._a-zA-Z][-._a-zA-Z0-9]*$/,
    message: 'use letters, digits, _, hyphens and dots, and no digit first, such as DB_HOST',
  },
  /** What the API server takes for a field of the Pod in a variable. */
  fieldPath: {
    pattern: FIELD_PATH,
    message:
      "use one of metadata.name, metadata.namespace, metadata.uid, metadata.labels['KEY'], metadata.annotations['KEY'], spec.nodeName, spec.serviceAccountName, status.hostIP, status.hostIPs, status.podIP and status.podIPs",
  },
  mountPath: {
    pattern: /^\/[^:]*$/,
    message: 'use a path that begins with a slash and has no colon, such as /etc/app',
  },
  /** A path inside of a volume: relative, and never out of it. */
  subPath: {
    pattern: /^([^/.][^/]*|\.[^/.][^/]*)(\/([^/.][^/]*|\.[^/.][^/]*))*$/,
    message: 'use a path inside of the volume, such as conf/app.ini: with no slash first, and without ..',
  },
} as const satisfies Readonly<Record<string, TextRule>>;

/** Of a status code that is no number. */
export const ANY_STATUS: TextRule = {
  pattern: /^any$/,
  message: 'use status codes such as 200, without quotes, or any alone',
};

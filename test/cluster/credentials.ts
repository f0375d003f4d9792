import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A user whom the API server knows by a token. */
interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** `admin` may do everything; the others are Kubernetes' own components under the names that its bootstrap RBAC knows. */
const USERS = {
  admin: { name: 'admin', groups: ['system:masters'] },
  'kube-controller-manager': { name: 'system:kube-controller-manager', groups: [] },
  'kube-scheduler': { name: 'system:kube-scheduler', groups: [] },
  'kube-proxy': { name: 'system:kube-proxy', groups: [] },
  kubelet: { name: 'system:node:node0', groups: ['system:nodes'] },
  coredns: { name: 'system:coredns', groups: [] },
  'kube-router': { name: 'system:kube-router', groups: [] },
} as const satisfies Readonly<Record<string, User>>;

export type UserName = keyof typeof USERS;

/** The files by which the API server knows its users, and they the API server. */
export interface Credentials {
  /** For `--token-auth-file`. */
  readonly tokens: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  /** Where they all are, and where the API server keeps the certificate that it makes for itself. */
  readonly folder: string;
  /** That certificate with its CA. */
  readonly authority: string;
  readonly kubeconfigs: Readonly<Record<UserName, string>>;
}

/** Writes new credentials into the folder: random tokens, and a key for the tokens of ServiceAccounts. */
export function writeCredentials(folder: string, url: string): Credentials {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const authority = join(folder, 'apiserver.crt');
  const users = Object.entries(USERS).map(([key, user]) => {
    const token = randomBytes(16).toString('hex');
    return { key, token, line: `${token},${user.name},${key},"${user.groups.join(',')}"` };
  });
  const kubeconfig = (key: UserName): string => {
    const token = users.find((user) => user.key === key)?.token ?? '';
    return write(`${key}.kubeconfig`, kubeconfigText(url, { authority, user: key, token }));
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    tokens: write('tokens.csv', `${users.map((user) => user.line).join('\n')}\n`),
    serviceAccountKey: write('service-accounts.key', privateKey),
    serviceAccountPublicKey: write('service-accounts.pub', publicKey),
    folder,
    authority,
    kubeconfigs: {
      admin: kubeconfig('admin'),
      'kube-controller-manager': kubeconfig('kube-controller-manager'),
      'kube-scheduler': kubeconfig('kube-scheduler'),
      'kube-proxy': kubeconfig('kube-proxy'),
      kubelet: kubeconfig('kubelet'),
      coredns: kubeconfig('coredns'),
      'kube-router': kubeconfig('kube-router'),
    },
  };
}

/** JSON, which is YAML too. */
function kubeconfigText(url: string, user: { authority: string; user: string; token: string }): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': user.authority } }],
    users: [{ name: user.user, user: { token: user.token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: user.user } }],
    'current-context': 'test',
  });
}

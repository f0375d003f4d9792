import type { Recognize } from './converted-check.ts';
import { curl, wget } from './http-programs.ts';
import { kubectl, waitForKubernetes } from './kubectl.ts';
import { dns, netcat } from './network-programs.ts';
import { unknown } from './options.ts';
import { dockerize, wait4x, waitForIt } from './wait-programs.ts';

const NO_ADDRESS = 'the program also succeeds on answers without an address; the gate wants an address';

/** The programs that people wait with, by their names without folders. */
export const PROGRAMS: Readonly<Record<string, Recognize>> = {
  nc: netcat,
  ncat: netcat,
  netcat,
  nslookup: (args) => [dns(args, NO_ADDRESS)],
  dig: (args) => [dns(args, NO_ADDRESS)],
  host: (args) => [dns(args)],
  getent: ([database, ...args]) =>
    database?.includes('hosts') ? [dns(args)] : unknown(`getent ${database}`),
  curl,
  wget,
  wait4x,
  'wait-for-it.sh': waitForIt,
  'wait-for-it': waitForIt,
  'wait-for': waitForIt,
  dockerize,
  kubectl,
  'k8s-wait-for': waitForKubernetes,
};

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** As a Secret of type kubernetes.io/tls has them, mounted as a volume. */
const CERTIFICATE = 'tls.crt';
const KEY = 'tls.key';

/** Certificate and key of a server, from a folder where others replace them. */
export type Pair = Required<Pick<SecureContextOptions, 'cert' | 'key'>>;

/** @throws Error where they are not there, cannot be read or do not belong together, as in the middle of being replaced */
export function readPair(folder: string): Pair {
  const pair = { cert: readFileSync(join(folder, CERTIFICATE)), key: readFileSync(join(folder, KEY)) };
  createSecureContext(pair);
  return pair;
}

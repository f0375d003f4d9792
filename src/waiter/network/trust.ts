import type { SecureContext } from 'node:tls';
import { readCaPath } from '../../api/names.ts';
import { tls } from '../builtin.ts';
import type { Failure } from '../checks/check.ts';
import type { ReadFile } from '../files.ts';

/** Whom a connection trusts, or why that cannot be told now, in a person's words. */
export type Trust = () => SecureContext | Failure;

/** Of what a PEM file may hold, what makes OpenSSL trust somebody. */
const CERTIFICATE = /-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/;

/**
 * The certificates of a file, or Node's own where there is none. They are parsed once and again only where they have changed:
 * OpenSSL would else parse the whole bundle at each attempt, into memory that comes back late or never. That the file is
 * another one does not say that they have: the kubelet writes all files of a volume anew when one of them changes.
 */
export function trusting(file: string | undefined, readFile: ReadFile): Trust {
  let trusted: ReturnType<Trust> | undefined;
  if (file === undefined) return () => (trusted ??= tls().createSecureContext());
  let [version, bundle] = ['', ''];
  return () => {
    const found = readFile(file);
    if (found === undefined) return { failure: `no CA bundle yet: ${inWords(file)} is missing` };
    if (trusted !== undefined && found.version === version) return trusted;
    const text = found.text();
    if (trusted === undefined || text !== bundle) trusted = trustIn(text, file);
    [version, bundle] = [found.version, text];
    return trusted;
  };
}

/** OpenSSL takes a text with no certificate in it without a word, and then trusts nobody. */
function trustIn(text: string, file: string): ReturnType<Trust> {
  return CERTIFICATE.test(text)
    ? tls().createSecureContext({ ca: text })
    : { failure: `no certificate in the CA bundle: ${inWords(file)} holds none` };
}

function inWords(file: string): string {
  const source = readCaPath(file);
  return source === undefined ? `file ${file}` : `key ${source.key} of ConfigMap ${source.configMap}`;
}

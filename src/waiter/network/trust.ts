import type { SecureContext } from 'node:tls';
import { readFilePath } from '../../api/names.ts';
import { tls } from '../builtin.ts';
import type { Failure } from '../checks/check.ts';
import type { ReadFile } from '../files.ts';
import { describeError } from './failure.ts';

/** What a connection trusts and shows, or why that cannot be told now, in a person's words. */
export type Trust = () => SecureContext | Failure;

/** Files of PEM, which may come later than the program. */
export interface TlsFiles {
  /** Certificates to trust instead of Node's own. */
  readonly caFile?: string;
  /** The client's certificate, with the chain to whoever signed it, and its key. */
  readonly client?: { readonly certFile: string; readonly keyFile: string };
}

/** The trust that files make. */
export type TrustIn = (files: TlsFiles) => Trust;

/**
 * Trust of which several checks that name the same files have one: OpenSSL takes more than a megabyte for a bundle, each
 * time that it parses one.
 */
export function sharedTrust(readFile: ReadFile): TrustIn {
  const made = new Map<string, Trust>();
  return (files) => {
    const { caFile, client } = files;
    const key = JSON.stringify([caFile, client?.certFile, client?.keyFile]);
    const trust = made.get(key) ?? trusting(files, readFile);
    made.set(key, trust);
    return trust;
  };
}

/** Of what a PEM file may hold, what makes OpenSSL trust somebody. */
const CERTIFICATE = /-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/;
const KEY = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/;
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4,ENCRYPTED/m;

/**
 * What the files hold now, parsed once and again only where that has changed: OpenSSL would else parse a whole bundle at each
 * attempt, into memory that comes back late or never. A certificate and its key may be read at the two sides of a change, and
 * then do not fit; both are read again before the next attempt.
 */
export function trusting({ caFile, client }: TlsFiles, readFile: ReadFile): Trust {
  const ca = following(caFile, inCa, readFile);
  const cert = following(client?.certFile, inCertificate, readFile);
  const key = following(client?.keyFile, inKey, readFile);
  let [held, trusted]: [readonly unknown[] | undefined, ReturnType<Trust>] = [undefined, { failure: '' }];
  return () => {
    const found = [ca(), cert(), key()] as const;
    const failure = found.find((one) => typeof one === 'object');
    if (failure !== undefined) return failure;
    if (held?.every((text, index) => text === found[index]) !== true) {
      const [caText, certText, keyText] = found.filter((one) => typeof one !== 'object');
      trusted = contextOf({ ca: caText, cert: certText, key: keyText }, client);
      held = found;
    }
    return trusted;
  };
}

/**
 * The text of a file, or what is wrong with it; undefined where none is named. That it is another one does not say that its
 * text is: the kubelet writes all files of a volume anew when one of them changes.
 */
function following(
  file: string | undefined,
  judge: (text: string | undefined, file: string) => string | undefined,
  readFile: ReadFile,
): () => string | undefined | Failure {
  if (file === undefined) return () => undefined;
  let [version, text, failure]: [string | undefined, string, string | undefined] = [undefined, '', undefined];
  return () => {
    const found = readFile(file);
    if (found === undefined) return { failure: judge(undefined, file) ?? '' };
    if (found.version !== version) {
      [version, text] = [found.version, found.text()];
      failure = judge(text, file);
    }
    return failure === undefined ? text : { failure };
  };
}

/** OpenSSL takes a text with no certificate in it without a word, and then trusts nobody. */
function inCa(text: string | undefined, file: string): string | undefined {
  if (text === undefined) return `no CA bundle yet: ${inWords(file)} is missing`;
  return CERTIFICATE.test(text) ? undefined : `no certificate in the CA bundle: ${inWords(file)} holds none`;
}

function inCertificate(text: string | undefined, file: string): string | undefined {
  if (text === undefined) return `no client certificate yet: ${inWords(file)} is missing`;
  return CERTIFICATE.test(text) ? undefined : `no client certificate: ${inWords(file)} holds none, as PEM`;
}

function inKey(text: string | undefined, file: string): string | undefined {
  if (text === undefined) return `no client key yet: ${inWords(file)} is missing`;
  if (ENCRYPTED.test(text)) return `no client key: that in ${inWords(file)} is encrypted`;
  return KEY.test(text) ? undefined : `no client key: ${inWords(file)} holds none, as PEM`;
}

/** OpenSSL's words are of a certificate and a key that are not whole, or not each other's. */
function contextOf(
  texts: Readonly<Record<'ca' | 'cert' | 'key', string | undefined>>,
  client: TlsFiles['client'],
): ReturnType<Trust> {
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
  if (client === undefined) return tls().createSecureContext(given);
  try {
    return tls().createSecureContext(given);
  } catch (error) {
    const where = `${inWords(client.certFile)} and ${inWords(client.keyFile)}`;
    return { failure: `the client certificate cannot be used: ${where}: ${describeError(error)}` };
  }
}

function inWords(file: string): string {
  const source = readFilePath(file);
  return source === undefined ? `file ${file}` : `key ${source.key} of ${source.kind} ${source.name}`;
}

import type { RequestOptions } from 'node:https';
import { ApiError } from '../api-error.ts';

/** What a request needs: where to, its headers, and the TLS side of its connection. */
export interface Credentials {
  /** With no slash at the end; may have a path of its own. */
  readonly server: string;
  /** Authorization and impersonation. Never to be logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** What all connections go through: `proxy-url` of the kubeconfig's cluster. */
  readonly proxy?: string;
}

/** Where credentials come from: the ServiceAccount of a Pod, or kubeconfigs. */
export interface CredentialReader {
  /** Whether a program or another server gives them. What it gave is kept until it expires. */
  readonly usesPlugin: boolean;
  /**
   * The credentials of now.
   *
   * @param anew files are read again, and what a plugin gave is forgotten
   * @throws Error when files or a plugin give none: {@link credentialsError} makes it one that may be shown
   */
  read(anew: boolean): Promise<Credentials>;
}

/** The error of files or a plugin that gave no credentials. */
export function credentialsError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // A JSON parser's message quotes what it could not read: the plugin's output, and with it a token.
  const quotes = error instanceof SyntaxError || !(error instanceof Error);
  const said = quotes ? 'the plugin did not print JSON' : error.message.trim().slice(0, LONGEST_TEXT);
  return new ApiError({ status: 0, reason: 'Credentials', message: `cannot read the credentials: ${said}` });
}

/** A plugin may print anything to its standard error. */
const LONGEST_TEXT = 200;

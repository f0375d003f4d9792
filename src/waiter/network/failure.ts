const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'address not available',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  ETIMEDOUT: 'timeout',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not a TLS response',
  HPE_HEADER_OVERFLOW: 'the head of the response is longer than 16 KiB',
};

/** An error of the network or of TLS in a person's words, on one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('HPE_') && WORDS[code] === undefined) return 'not an HTTP response';
  if (code.startsWith('ERR_HTTP2_')) return `not an HTTP/2 response (${error.message})`;
  // OpenSSL's messages begin with a thread's number and end with a place in its source; the reason is in between.
  const reason = code.startsWith('ERR_SSL_') && 'reason' in error ? String(error.reason) : error.message;
  return WORDS[code] ?? reason.trim().replaceAll(/\s+/g, ' ');
}

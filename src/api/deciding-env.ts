/**
 * Environment variables by which somebody else changes what a waiting container does, RE2 and JavaScript: what Node, its
 * TLS and the dynamic linker read, and our own. Any other variable that is added to ours is harmless.
 */
export const DECIDING_ENV =
  '^(NODE_(OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|USE_SYSTEM_CA|USE_ENV_PROXY)|LD_(PRELOAD|LIBRARY_PATH|AUDIT)|OPENSSL_CONF|SSL_CERT_(FILE|DIR)|DGATE_.*)$';

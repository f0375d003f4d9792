/**
 * Node's own modules that must not be loaded by `import`: that builds a facade which touches every export, and some exports
 * load much that is never used. Measured on Node 24, resident memory that `getBuiltinModule` saves: 2.8 MB for node:fs
 * (its promises), 2.7 for node:util, 12 for node:http (a WebSocket client), and some of the time to start.
 */
export const dns = process.getBuiltinModule('node:dns');
export const fs = process.getBuiltinModule('node:fs');
export const net = process.getBuiltinModule('node:net');
export const stream = process.getBuiltinModule('node:stream');
export const util = process.getBuiltinModule('node:util');

/** Loaded when first called, since only some checks need them. */
export const http = () => process.getBuiltinModule('node:http');
export const tls = () => process.getBuiltinModule('node:tls');
export const http2 = () => process.getBuiltinModule('node:http2');

import type { Duplex } from 'node:stream';

/** What a hostile server sends at most: endless for any client, and an end of it for a test. */
const ENOUGH = 64 * 1024 * 1024;

/** Sends the same bytes over and over, as fast as they are taken. */
export function flood(socket: Duplex, bytes: Buffer | string, enough = ENOUGH): void {
  const one = Buffer.from(bytes);
  const many = Buffer.concat(Array.from({ length: Math.ceil(65_536 / one.length) }, () => one));
  let sent = 0;
  const send = () => {
    while (!socket.destroyed && sent < enough) {
      sent += many.length;
      if (!socket.write(many)) return;
    }
  };
  socket.on('drain', send);
  send();
}

/** Sends the bytes one by one, with a pause before each: all of them would take longer than any attempt has. */
export function drip(socket: Duplex, bytes: Buffer | string, pause = 50): void {
  const all = Buffer.from(bytes);
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at >= all.length) clearInterval(timer);
    else socket.write(all.subarray(at, ++at));
  }, pause);
  socket.once('close', () => clearInterval(timer));
}

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { certificate } from '../kube/certificates.ts';

const reviewSchema = z.looseObject({ request: z.looseObject({ uid: z.string(), object: z.unknown() }) });

/** An admission webhook that allows everything, on this machine. */
export interface Webhook {
  /** Where the API server finds it, for its configuration. */
  readonly clientConfig: object;
  readonly stop: () => Promise<void>;
}

/** @param answer what its answer says besides, about an object that is written */
export async function startWebhook(answer: (object: unknown) => Promise<object>): Promise<Webhook> {
  const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-webhook-'));
  const authority = certificate(folder, 'authority');
  const { cert, key } = certificate(folder, 'webhook', authority);
  const server = createServer({ cert, key }, async (request, response) => {
    const review = reviewSchema.parse(await json(request));
    const { uid, object } = review.request;
    const said = { uid, allowed: true, ...(await answer(object)) };
    response.end(JSON.stringify({ ...review, response: said }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clientConfig = {
    url: `https://127.0.0.1:${port}/`,
    caBundle: Buffer.from(authority.cert).toString('base64'),
  };
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    rmSync(folder, { recursive: true });
  };
  return { clientConfig, stop };
}

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { certificate } from '../kube/certificates.ts';

const reviewSchema = z.looseObject({ request: z.looseObject({ uid: z.string() }) });

/** An admission webhook that lets everything through, once it is told to. */
export interface SlowWebhook {
  /** Its configuration: asked about every write of namespaces with this label. */
  readonly manifest: object;
  /** Reviews that have come, and no answer yet. */
  readonly open: () => number;
  /** Answers what waits, and all that comes from now on. */
  readonly answer: () => void;
  readonly stop: () => Promise<void>;
}

export const SLOW_LABEL = 'test/slow';

export async function startSlowWebhook(): Promise<SlowWebhook> {
  const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-webhook-'));
  const authority = certificate(folder, 'authority');
  const { cert, key } = certificate(folder, 'webhook', authority);
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  let open = 0;
  const server = createServer({ cert, key }, async (request, response) => {
    const review = reviewSchema.parse(await json(request));
    open += 1;
    await answered;
    open -= 1;
    response.end(JSON.stringify({ ...review, response: { uid: review.request.uid, allowed: true } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clientConfig = {
    url: `https://127.0.0.1:${port}/`,
    caBundle: Buffer.from(authority.cert).toString('base64'),
  };
  const stop = async () => {
    answer();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    rmSync(folder, { recursive: true });
  };
  return { manifest: configuration(clientConfig), open: () => open, answer, stop };
}

function configuration(clientConfig: object): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'slow' },
    webhooks: [
      {
        name: 'slow.example.com',
        clientConfig,
        rules: [
          {
            apiGroups: ['dependencygate.dev', 'events.k8s.io'],
            apiVersions: ['*'],
            resources: ['dependencygates', 'dependencygates/status', 'events'],
            operations: ['CREATE', 'UPDATE'],
          },
        ],
        matchConditions: [
          { name: 'operator', expression: "request.userInfo.username.startsWith('system:serviceaccount:')" },
        ],
        namespaceSelector: { matchLabels: { [SLOW_LABEL]: 'true' } },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 30,
        failurePolicy: 'Ignore',
      },
    ],
  };
}

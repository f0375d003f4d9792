import { QUEUE_LABEL } from '../../src/api/names.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const PATCH = JSON.stringify([{ op: 'add', path: '/spec/suspend', value: true }]);

/** A webhook that suspends the Jobs of a queue as they are created, as that of Kueue does. */
export interface QueueWebhook extends Pick<Webhook, 'stop'> {
  readonly manifest: object;
}

export async function startQueueWebhook(): Promise<QueueWebhook> {
  const { clientConfig, stop } = await startWebhook(async () => ({
    patchType: 'JSONPatch',
    patch: Buffer.from(PATCH).toString('base64'),
  }));
  return { manifest: configuration(clientConfig), stop };
}

function configuration(clientConfig: object): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'queue' },
    webhooks: [
      {
        name: 'queue.example.com',
        clientConfig,
        rules: [{ apiGroups: ['batch'], apiVersions: ['v1'], resources: ['jobs'], operations: ['CREATE'] }],
        objectSelector: { matchExpressions: [{ key: QUEUE_LABEL, operator: 'Exists' }] },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

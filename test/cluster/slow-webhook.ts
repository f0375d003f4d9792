import { startWebhook } from './webhook.ts';

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
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  let open = 0;
  const { clientConfig, stop } = await startWebhook(async () => {
    open += 1;
    await answered;
    open -= 1;
    return {};
  });
  const end = () => {
    answer();
    return stop();
  };
  return { manifest: configuration(clientConfig), open: () => open, answer, stop: end };
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

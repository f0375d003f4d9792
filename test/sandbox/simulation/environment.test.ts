import { expect } from 'chai';
import { environment, expand } from '../../../src/sandbox/simulation/environment.ts';
import { configMapSchema, type Pod, secretSchema } from '../../../src/sandbox/simulation/objects.ts';
import { keyed, observedPod } from './builders.ts';

const METADATA = { namespace: 'default', uid: 'uid', resourceVersion: '1' };
const secret = keyed('Secret', 'secret', { token: 'geheim' });
const configMap = keyed('ConfigMap', 'config', { ca: 'PEM', mode: 'fast' });
const held = <T>(key: string, object: T) => ({
  get: (asked: string) => (asked === key ? object : undefined),
});
const sources = {
  secrets: held(
    'default/secret',
    secretSchema.parse({ ...secret, metadata: { name: 'secret', ...METADATA } }),
  ),
  configMaps: held(
    'default/config',
    configMapSchema.parse({ ...configMap, metadata: { name: 'config', ...METADATA } }),
  ),
};

describe('environment', () => {
  function of(container: object, metadata: object = {}): Readonly<Record<string, string>> {
    const containers = [{ name: 'app', ...container }];
    const pod: Pod = observedPod('pod-1', { metadata, spec: { containers, serviceAccountName: 'robot' } });
    const [first] = pod.spec.containers;
    if (!first) throw new Error('no container');
    return environment(pod, first, sources);
  }
  const from = (valueFrom: object) => ({ env: [{ name: 'X', valueFrom }] });

  it('expands references to earlier variables only', () => {
    const env = [
      { name: 'A', value: 'a' },
      { name: 'B', value: '$(A)b $(C) $$(A)' },
      { name: 'C', value: 'c' },
    ];
    expect(of({ env })).to.deep.equal({ A: 'a', B: 'ab $(C) $(A)', C: 'c' });
  });

  for (const [fieldPath, value] of [
    ['metadata.name', 'pod-1'],
    ['metadata.namespace', 'default'],
    ['metadata.uid', 'uid-pod-1'],
    ["metadata.labels['app']", 'web'],
    ["metadata.annotations['note']", 'hello'],
    ["metadata.annotations['none']", ''],
    ['spec.nodeName', 'sandbox'],
    ['spec.serviceAccountName', 'robot'],
    ['status.podIP', '10.244.0.1'],
  ] as const) {
    it(`reads ${fieldPath}`, () => {
      expect(of(from({ fieldRef: { fieldPath } }), { annotations: { note: 'hello' } })).to.deep.equal({
        X: value,
      });
    });
  }

  it('reads keys of Secrets, in clear, and of ConfigMaps', () => {
    expect(of(from({ secretKeyRef: { name: 'secret', key: 'token' } }))).to.deep.equal({ X: 'geheim' });
    expect(of(from({ configMapKeyRef: { name: 'config', key: 'ca' } }))).to.deep.equal({ X: 'PEM' });
  });

  it('takes whole objects, with a prefix', () => {
    const envFrom = [{ secretRef: { name: 'secret' } }, { prefix: 'P_', configMapRef: { name: 'config' } }];
    expect(of({ envFrom })).to.deep.equal({ token: 'geheim', P_ca: 'PEM', P_mode: 'fast' });
  });

  for (const [container, message] of [
    [from({ secretKeyRef: { name: 'none', key: 'token' } }), 'secret "none" not found'],
    [
      from({ secretKeyRef: { name: 'secret', key: 'none' } }),
      "couldn't find key none in Secret default/secret",
    ],
    [from({ configMapKeyRef: { name: 'none', key: 'ca' } }), 'configmap "none" not found'],
    [
      from({ configMapKeyRef: { name: 'config', key: 'no' } }),
      "couldn't find key no in ConfigMap default/config",
    ],
    [{ envFrom: [{ configMapRef: { name: 'none' } }] }, 'configmap "none" not found'],
  ] as const) {
    it(`says: ${message}`, () => {
      expect(() => of(container)).to.throw(message);
    });
  }

  it('leaves out what is optional and not there', () => {
    expect(of(from({ secretKeyRef: { name: 'none', key: 'token', optional: true } }))).to.deep.equal({});
    expect(of(from({ configMapKeyRef: { name: 'config', key: 'no', optional: true } }))).to.deep.equal({});
    expect(of({ envFrom: [{ secretRef: { name: 'none', optional: true } }] })).to.deep.equal({});
  });
});

describe('expand', () => {
  for (const [text, expanded] of [
    ['$(A)-$(A)', 'a-a'],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$A $ A', '$A $ A'],
    ['$(date +%s)', '$(date +%s)'],
  ] as const) {
    it(`makes ${expanded} of ${text}`, () => {
      expect(expand(text, { A: 'a' })).to.equal(expanded);
    });
  }
});

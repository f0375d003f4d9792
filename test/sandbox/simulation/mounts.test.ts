import { expect } from 'chai';
import { mountedFile } from '../../../src/sandbox/simulation/mounts.ts';
import { configMapSchema, podSchema, secretSchema } from '../../../src/sandbox/simulation/objects.ts';
import { keyed } from './builders.ts';

const METADATA = { name: 'trust', namespace: 'shop', uid: 'u', resourceVersion: '1' };

const pod = podSchema.parse({
  kind: 'Pod',
  metadata: { name: 'pinger-1', namespace: 'shop', uid: 'u', resourceVersion: '1' },
  spec: {
    initContainers: [
      { name: 'mounts', volumeMounts: [{ name: 'gate', mountPath: '/run/gate' }] },
      { name: 'mounts-nothing' },
    ],
    volumes: [
      { name: 'other', emptyDir: {} },
      {
        name: 'gate',
        projected: {
          sources: [
            { downwardAPI: { items: [] } },
            { configMap: { name: 'trust', items: [{ key: 'ca.crt', path: 'configmap/trust/ca.crt' }] } },
            { secret: { name: 'client', items: [{ key: 'tls.key', path: 'secret/client/tls.key' }] } },
          ],
        },
      },
    ],
  },
});
const CLIENT = secretSchema.parse({
  ...keyed('Secret', 'client', { 'tls.key': 'KEY' }),
  metadata: { ...METADATA, name: 'client' },
});
const [mounts, mountsNothing] = pod.spec.initContainers;

describe('mountedFile', () => {
  const found = (data: Record<string, string> | undefined, path: string, container = mounts) => {
    if (!container) throw new Error('no such container');
    const trust = data && configMapSchema.parse({ ...keyed('ConfigMap', 'trust', data), metadata: METADATA });
    const configMaps = { get: (key: string) => (key === 'shop/trust' ? trust : undefined) };
    const secrets = { get: (key: string) => (key === 'shop/client' ? CLIENT : undefined) };
    return mountedFile(pod, container, { configMaps, secrets }, path)?.text();
  };

  it('is the key of the ConfigMap that the volume has at that path', () => {
    expect(found({ 'ca.crt': 'PEM' }, '/run/gate/configmap/trust/ca.crt')).to.equal('PEM');
  });

  it('is the key of a Secret, as text', () => {
    expect(found(undefined, '/run/gate/secret/client/tls.key')).to.equal('KEY');
    expect(found(undefined, '/run/gate/secret/client/tls.crt')).to.equal(undefined);
  });

  it('is not there without the ConfigMap, the key, the path or the mount', () => {
    expect(found(undefined, '/run/gate/configmap/trust/ca.crt')).to.equal(undefined);
    expect(found({ other: 'PEM' }, '/run/gate/configmap/trust/ca.crt')).to.equal(undefined);
    expect(found({ 'ca.crt': 'PEM' }, '/run/gate/configmap/trust/other.crt')).to.equal(undefined);
    expect(found({ 'ca.crt': 'PEM' }, '/run/gates/configmap/trust/ca.crt')).to.equal(undefined);
    expect(found({ 'ca.crt': 'PEM' }, '/run/gate/configmap/trust/ca.crt', mountsNothing)).to.equal(undefined);
  });
});

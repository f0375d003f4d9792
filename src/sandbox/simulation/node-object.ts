import type { KubeObject } from '../cluster.ts';
import { HOST_IP, NODE_NAME } from './node-place.ts';

/**
 * The one node as `kubectl get nodes` shows it: ready since the sandbox is up, and nothing else.
 *
 * @param version of Kubernetes
 * @param since when the sandbox came up (RFC 3339)
 */
export function nodeObject(version: string, since: string): KubeObject {
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'the sandbox is up' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE_NAME, labels: { 'kubernetes.io/hostname': NODE_NAME } },
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address: HOST_IP },
        { type: 'Hostname', address: NODE_NAME },
      ],
      conditions: [{ ...ready, lastHeartbeatTime: since, lastTransitionTime: since }],
      nodeInfo: { kubeletVersion: version, osImage: 'none', kernelVersion: 'none' },
    },
  };
}

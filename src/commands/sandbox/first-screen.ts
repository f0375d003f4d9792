import { join } from 'node:path';
import { quoted } from '../words.ts';

const NAMESPACE = 'my-namespace';

/**
 * What a newcomer reads: where the sandbox is, and the commands that lead to a gate that waits and then opens. Each is on a
 * line of its own that can be copied as it stands into any folder's terminal.
 */
export function firstScreen(url: string, kubeconfig: string, story: string): string {
  return `The sandbox is up at ${url}: a cluster in this process, with the operator in it.
In another terminal:

  export KUBECONFIG=${quoted(kubeconfig)}
  kubectl apply -k ${quoted(story)}
  kubectl get dependencygates,pods --namespace ${NAMESPACE}

Gate api-first holds pinger and poller, since there is no Service api. With it the gate opens:

  kubectl apply -f ${quoted(join(story, 'service-api.yaml'))}
  kubectl wait --for=condition=Open dependencygate/api-first --namespace ${NAMESPACE}

It runs no images and checks no rights; what else it lacks it says where you ask for it.
It forgets everything when it ends: Ctrl-C.`;
}

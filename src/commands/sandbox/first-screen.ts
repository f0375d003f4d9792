import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { quoted } from '../words.ts';

const NAMESPACE = 'my-namespace';

/** The manifests of the story: of the clone that the program is in (as source, or built), else of the working folder. */
function storyFolder(): string {
  const clones = [join(import.meta.dirname, '..'), join(import.meta.dirname, '../../..')];
  const folders = clones.map((clone) => join(clone, 'config/samples/story'));
  return folders.find((folder) => existsSync(folder)) ?? 'config/samples/story';
}

/**
 * What a newcomer reads: where the sandbox is, and the commands that lead to a gate that waits and then opens. Each is on a
 * line of its own that can be copied as it stands into any folder's terminal.
 */
export function firstScreen(url: string, kubeconfig: string, story = storyFolder()): string {
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

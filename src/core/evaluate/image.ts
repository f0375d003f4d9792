/** An image as its name tells it. */
interface Image {
  /** The path without the registry, its elements in order. */
  readonly repository: readonly string[];
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** What a container runs where neither a tag nor a digest is named. */
const DEFAULT_TAG = 'latest';

/**
 * Whether an object's images say that it is of the same release as a Pod: one is the Pod's too, and none is there that
 * the Pod has in another version only. So a sidecar that stands in both, such as a database proxy, makes no match of a Job
 * that runs another version of the app. A Pod that runs an image in two versions is told apart by neither, unless the
 * object has both.
 */
export function imagesMatch(ofObject: readonly string[], ofPod: readonly string[]): boolean {
  const [object, pod] = [ofObject.map(parseImage), ofPod.map(parseImage)];
  const shared = object.flatMap((mine) => {
    const rivals = pod.filter((other) => isSameRepository(mine, other));
    return rivals.length === 0 ? [] : [{ mine, rivals }];
  });
  const isOfPod = shared.every(({ mine, rivals }) => rivals.some((other) => isSameVersion(mine, other)));
  const isDecided = shared.some(({ rivals }) =>
    rivals.every((other) => object.some((one) => isSameRepository(one, other) && isSameVersion(one, other))),
  );
  return isOfPod && isDecided;
}

/** Whether both run an image, each in another version: neither has it in one that the other has too. */
export function imagesDiffer(ones: readonly string[], others: readonly string[]): boolean {
  const [mine, theirs] = [ones.map(parseImage), others.map(parseImage)];
  return mine.some((one) => {
    const rivals = theirs.filter((other) => isSameRepository(one, other));
    return rivals.length > 0 && !rivals.some((other) => isSameVersion(one, other));
  });
}

function parseImage(image: string): Image {
  const [named = '', digest] = image.split('@', 2);
  const at = named.lastIndexOf(':');
  const hasTag = at > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(at + 1) : undefined;
  const path = (hasTag ? named.slice(0, at) : named).split('/');
  const hasRegistry = path.length > 1 && /[.:]|^localhost$/.test(path[0] ?? '');
  return {
    repository: hasRegistry ? path.slice(1) : path,
    tag: tag ?? (digest === undefined ? DEFAULT_TAG : undefined),
    digest,
  };
}

/** Mirrors put something before the repository: `mirror.local/docker.io/org/app` is `org/app`. */
function isSameRepository({ repository: one }: Image, { repository: other }: Image): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(-length).join('/') === other.slice(-length).join('/');
}

/** By the digests where both have one, which an admission step may have added to a tag; else by the tags. */
function isSameVersion(one: Image, other: Image): boolean {
  if (one.digest !== undefined && other.digest !== undefined) return one.digest === other.digest;
  return one.tag !== undefined && one.tag === other.tag;
}

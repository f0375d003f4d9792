import type { PodFacts } from '../pod-facts.ts';
import { imagesDiffer, imagesMatch } from './image.ts';
import { own } from './object-facts.ts';

/** By which a chart tells the version of its app, on whatever belongs to it. */
export const VERSION_LABEL = 'app.kubernetes.io/version';

/** What tells of which release a Job or a Pod is, as far as anything does. */
export type ReleaseFacts = Pick<PodFacts, 'images' | 'labels'>;

/** Whether two are of one release, or of different ones, by one thing that both tell of; undefined where one of them does not. */
type Sign = (one: ReleaseFacts, other: ReleaseFacts) => 'same' | 'other' | undefined;

const byImage: Sign = ({ images }, { images: others }) => {
  if (imagesMatch(images, others)) return 'same';
  return imagesDiffer(images, others) ? 'other' : undefined;
};

const byVersion: Sign = ({ labels }, { labels: others }) => {
  const [one, other] = [own(labels, VERSION_LABEL), own(others, VERSION_LABEL)];
  if (!one || !other) return undefined;
  return one === other ? 'same' : 'other';
};

/** Whether a Pod is of the release of one Job, and not of that of another: beyond doubt, since each says so by the same. */
export function isOfLater(pod: ReleaseFacts, job: ReleaseFacts, earlier: ReleaseFacts): boolean {
  const signs = [byImage, byVersion].map((sign) => ({ own: sign(job, pod), before: sign(earlier, pod) }));
  return (
    signs.some(({ own, before }) => own === 'same' && before === 'other') &&
    signs.every(({ own, before }) => own !== 'other' && before !== 'same')
  );
}

import PQueue from 'p-queue';
import type { Requests } from './client/requests.ts';

/** Discoveries at a time. */
export const AT_A_TIME = 8;

type WatchRequests = Pick<Requests, 'resources' | 'pages' | 'watch'>;

/**
 * The same requests, of which few at a time ask what a group serves: whoever names thousands of kinds that do not exist
 * gets no more of the connections, and writes find one.
 */
export function fewDiscoveries(requests: WatchRequests): WatchRequests {
  const line = new PQueue({ concurrency: AT_A_TIME });
  return {
    pages: (...asked) => requests.pages(...asked),
    watch: (...asked) => requests.watch(...asked),
    resources: (group, version, signal) =>
      line.add(() => requests.resources(group, version, signal), signal ? { signal } : {}),
  };
}

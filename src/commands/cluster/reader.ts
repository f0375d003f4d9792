import { ApiError, isForbidden } from '../../kube/api-error.ts';
import type { Requests } from '../../kube/client/requests.ts';

/** What commands that read ask the API server for, as whoever runs it. */
export type Reader = Pick<Requests, 'get' | 'list' | 'log'>;

/** Something that could not be read, in the API server's words. */
export interface Unread {
  readonly unread: string;
  /** Whether whoever asks may not read it. */
  readonly forbidden: boolean;
}

/** What was read, or why not. @throws what is no answer of the API server */
export async function orUnread<T>(reading: Promise<T>): Promise<T | Unread> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { unread: error.message, forbidden: isForbidden(error) };
  }
}

/** What was read, or nothing: who may not read it has the rest of the picture. @throws as {@link orUnread} */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return undefined;
  }
}

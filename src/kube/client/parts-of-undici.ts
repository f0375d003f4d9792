import type { Dispatcher } from 'undici';
import requestOf from 'undici/lib/api/api-request.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

/** What is used of undici. Its index would load its fetch, mocks and caches too: as much again. */
export { Agent, ProxyAgent };

/** As undici's own: the answer, once its headers are there. */
export function request(
  url: string,
  {
    dispatcher,
    ...options
  }: Omit<Dispatcher.RequestOptions, 'path'> & { readonly dispatcher: Agent | ProxyAgent },
): Promise<Dispatcher.ResponseData> {
  const { origin, pathname, search } = new URL(url);
  return requestOf.call(dispatcher, { ...options, origin, path: pathname + search });
}

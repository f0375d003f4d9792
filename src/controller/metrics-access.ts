import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import { isForbidden } from '../kube/api-error.ts';
import { withDeadline } from '../kube/client/deadline.ts';
import type { Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import { reviewPath, reviewToken } from '../kube/reviews.ts';
import type { Reply } from './endpoint.ts';
import { type Verdict, Verdicts } from './verdicts.ts';

export interface MetricsAccessOptions {
  readonly requests: Pick<Requests, 'create'>;
  readonly clock: Clock;
  /** Is told why nothing can be found out, once until it can be. Must not throw. */
  readonly onError: (error: Error) => void;
}

/** What whoever is let in may do: `get` of this path, in a ClusterRole's `nonResourceURLs`. */
const PATH = '/metrics';
/** Reviews at a time: whoever sends garbage gets no more of the operator's connections. */
export const UNDER_WAY = 2;
/** Tokens that wait for their review. */
export const WAITING = 32;
/** From the request to its answer, ms: whoever asks is cut off soon after. */
const WITHIN_MS = 4000;

const UNAUTHENTICATED: Reply = {
  status: 401,
  body: 'metrics take the token of somebody whom the API server knows: send it as Authorization: Bearer\n',
  headers: { 'WWW-Authenticate': 'Bearer realm="metrics"' },
};
const FORBIDDEN: Reply = {
  status: 403,
  body: `this ServiceAccount or user may not get ${PATH}: bind it to the ClusterRole dependency-gate-metrics-reader\n`,
};
const BUSY = unavailable('too many ask at once, try again');
const MAY_NOT_ASK = unavailable('the operator may not ask the API server: apply config/metrics-access');
const NO_ANSWER = unavailable('the API server does not tell, try again');

/**
 * Who may read the metrics, as the API server says: whoever's token it takes (TokenReview) and who may `get /metrics`
 * (SubjectAccessReview). What it has said holds for a moment. Nobody is let in while it does not answer.
 */
export class MetricsAccess {
  readonly #options: MetricsAccessOptions;
  readonly #line = new PQueue({ concurrency: UNDER_WAY });
  readonly #verdicts: Verdicts;
  /** By the token's hash: what is being found out. */
  readonly #asked = new Map<string, Promise<Reply | undefined>>();
  #hasFailed = false;

  constructor(options: MetricsAccessOptions) {
    this.#options = options;
    this.#verdicts = new Verdicts(options.clock);
  }

  /** The refusal of a request with this `Authorization` header; undefined lets it in. Never rejects. */
  async refusal(authorization: string | undefined): Promise<Reply | undefined> {
    const token = tokenOf(authorization);
    if (token === undefined) return UNAUTHENTICATED;
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.#verdicts.get(key);
    if (known) return replyTo(known);
    return this.#asked.get(key) ?? this.#asking(key, token);
  }

  #asking(key: string, token: string): Promise<Reply | undefined> {
    if (this.#line.size >= WAITING) return Promise.resolve(BUSY);
    const answer = this.#ask(key, token).finally(() => this.#asked.delete(key));
    this.#asked.set(key, answer);
    return answer;
  }

  async #ask(key: string, token: string): Promise<Reply | undefined> {
    try {
      const verdict = await withDeadline(this.#options.clock, WITHIN_MS, (signal) =>
        this.#line.add(() => this.#review(token, signal)),
      );
      this.#verdicts.set(key, verdict);
      this.#hasFailed = false;
      return replyTo(verdict);
    } catch (error) {
      this.#tell(error);
      return isForbidden(error) ? MAY_NOT_ASK : NO_ANSWER;
    }
  }

  /** What has waited too long is not asked; what is under way keeps its place in the line until it is answered. */
  async #review(token: string, signal: AbortSignal): Promise<Verdict> {
    signal.throwIfAborted();
    const { requests } = this.#options;
    const user = await reviewToken(requests, token);
    if (!user) return 'unauthenticated';
    return (await reviewPath(requests, user, PATH)) ? 'allowed' : 'forbidden';
  }

  /** Once: whoever asks without an end is not to fill the log. */
  #tell(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.onError(error instanceof Error ? error : new Error(String(error)));
  }
}

function replyTo(verdict: Verdict): Reply | undefined {
  switch (verdict) {
    case 'allowed':
      return undefined;
    case 'forbidden':
      return FORBIDDEN;
    case 'unauthenticated':
      return UNAUTHENTICATED;
  }
}

/** The token of RFC 6750's header, without which nobody is asked. */
function tokenOf(authorization = ''): string | undefined {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
}

function unavailable(why: string): Reply {
  return { status: 503, body: `who may read metrics is not known for now: ${why}\n` };
}

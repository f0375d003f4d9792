/** A request as the server saw it. */
export interface JournalEntry {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Media type of the body: of a PATCH, its kind. */
  readonly contentType: string;
  readonly body: unknown;
  readonly userAgent: string;
  /** The HTTP status of the answer; undefined while there is none, and for a request that was dropped. */
  status: number | undefined;
}

/** The requests in the order in which they came, the last `limit` of them: what tests assert on. */
export class Journal {
  readonly #limit: number;
  #entries: JournalEntry[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** The requests that can change something. */
  get writes(): readonly JournalEntry[] {
    return this.#entries.filter(({ method }) => method !== 'GET');
  }

  record(entry: JournalEntry): void {
    this.#entries.push(entry);
    this.#entries.splice(0, this.#entries.length - this.#limit);
  }

  clear(): void {
    this.#entries = [];
  }
}

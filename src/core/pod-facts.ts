/** What of a Pod may decide whether an object that it waits for is the one of its own release. */
export interface PodFacts {
  readonly labels: Readonly<Record<string, string>>;
  /** Short ones, and none of ours. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Of its own containers, each once; not of init containers. */
  readonly images: readonly string[];
  /** Empty until it is scheduled. */
  readonly nodeName: string;
}

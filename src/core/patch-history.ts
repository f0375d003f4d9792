/** Why a template is not current: the closed list that logs, events and tests share. */
export type Drift =
  | 'missing container'
  /** `changed args of dgate-api-first--api` */
  | `changed ${string}`
  | 'stale render'
  /** `wrong order: migrate comes before dgate-api-first--api` */
  | `wrong order: ${string}`
  | 'leftover container'
  | 'missing volume'
  | 'other pull secrets'
  /** Its Pods wait for an image of the waiter that none of them could pull, and the render has another one by now. */
  | `image that no Pod could pull, now ${string}`
  | 'missing label'
  | 'wrong target annotation';

/**
 * Something that the API server refused, remembered so that it is neither repeated at each reconcile nor forgotten by the
 * status. It is void once what was refused (the render, this very target, its generation) is no longer what would be
 * written.
 */
export interface Refusal {
  /** `render`: a dry-run of the new render; `target`: the patch of one target. */
  readonly of: 'render' | 'target';
  /** The name of the gate whose containers were refused. */
  readonly gate: string;
  /** `<Kind>/<name>` of the workload that was patched. */
  readonly target: string;
  /** Of that workload: one that is made again under its name is evaluated again. */
  readonly uid: string;
  readonly generation: number;
  readonly hash: string;
  /** The API server's words. */
  readonly message: string;
  /** When it was refused, ms since the epoch: it is tried again after a while, since webhooks change their mind. */
  readonly at: number;
}

/** A patch that put a render into a target, whether it was new there or had been taken out, or one that took it out. */
export interface Repair {
  /** `<Kind>/<name>` */
  readonly target: string;
  /** Of that workload: each one that is made again under its name is patched once, and nobody undoes anything. */
  readonly uid: string;
  /** Which change it was, of which gate: see `additionMark` and `removalMark`. */
  readonly mark: string;
  /** Of one that puts a render in: why it was made. */
  readonly why?: readonly Drift[];
  /** What it did not achieve by the API server's own answer: an admission step undid it on the way. */
  readonly left?: readonly Drift[];
  /** ms since the epoch. */
  readonly at: number;
}

/** Which init containers admission puts before ours in a workload, as dry-runs have shown. */
export interface OthersFirst {
  /** Of the workload. */
  readonly uid: string;
  /** Of the template that was asked about: of another one it says nothing. */
  readonly templateHash: string;
  readonly names: readonly string[];
}

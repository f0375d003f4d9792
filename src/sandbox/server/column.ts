import type { KubeObject } from '../cluster.ts';

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** 0: always shown; 1: with `-o wide`. */
  readonly priority: number;
  /** null is shown as an empty cell. */
  readonly cell: (object: KubeObject, now: number) => unknown;
}

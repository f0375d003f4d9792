import type { Gauges } from '../../src/controller/metrics.ts';

/** Of an operator that has nothing to do. */
export const NO_GAUGES: Gauges = {
  version: '0.0.0',
  queued: () => 0,
  gates: () => new Map(),
  held: () => 0,
  overdue: () => 0,
  failed: () => 0,
  firstStarts: () => 'placed',
  foreignPolicies: () => 0,
  lackingFields: () => 0,
  isAdmissionActing: () => true,
  leadership: { lease: 'dependency-gate-operator', isLeader: () => true },
};

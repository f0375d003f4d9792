import type { ResourceCheck } from './evaluated-checks.ts';
import type { PodMatch, Selector } from './pod-match.ts';
import type { Rule } from './rule.ts';

/** The rules of what a `resource` looks at: see `rules.ts`. */

export const lookRules: readonly Rule<ResourceCheck>[] = [
  {
    cel: 'has(self.name) != has(self.selector)',
    message: 'set exactly one of name and selector',
    holds: ({ name, selector }) => (name === undefined) !== (selector === undefined),
  },
  {
    cel: '!has(self.minReady) || has(self.selector)',
    message: 'minReady counts the objects of a selector: remove it, or set selector instead of name',
    holds: ({ minReady, selector }) => minReady === undefined || selector !== undefined,
  },
  {
    cel: "!has(self.matchPod) || !has(self.matchPod.node) || !self.matchPod.node || (self.apiVersion == 'v1' && self.kind == 'Pod')",
    message:
      'only Pods are on a node, so with matchPod.node no other object would ever match: set apiVersion v1 and kind Pod, or remove node',
    field: ['matchPod'],
    holds: ({ apiVersion, kind, matchPod }) =>
      matchPod?.node !== true || (apiVersion === 'v1' && kind === 'Pod'),
  },
];

export const selectorRules: readonly Rule<Selector>[] = [
  {
    cel: 'size(self.matchLabels) > 0',
    message: 'a selector without labels selects everything: put at least one label into matchLabels',
    holds: ({ matchLabels }) => Object.keys(matchLabels).length > 0,
  },
];

export const podMatchRules: readonly Rule<PodMatch>[] = [
  {
    cel: '(has(self.image) && self.image) || has(self.labels) || (has(self.node) && self.node)',
    message: 'matchPod compares nothing: set image or node to true, or give labels',
    holds: ({ image, labels, node }) => image === true || labels !== undefined || node === true,
  },
];

import { z } from 'zod';
import { atomic } from './fields.ts';
import { ruledText } from './text-rule.ts';
import { TEXT_RULES } from './text-rules.ts';

/** Which objects a `resource` looks at, and which of them are a Pod's own. */

/** So many objects are kept of those that one dependency selects: more is a selector that is too wide. */
export const MAX_SELECTED = 500;
const MAX_LABELS = 8;

/** A label's key: a name, and before it maybe a prefix and a slash. */
const labelKey = () => ruledText(317, TEXT_RULES.labelKey);

const labelValue = () => ruledText(63, TEXT_RULES.labelValue);

/** A map with so many entries at most, as the API server counts them. */
export const boundedMap = (values: z.ZodString, max: number) =>
  z
    .record(z.string(), values)
    .check(({ value, issues }) => {
      if (Object.keys(value).length <= max) return;
      issues.push({ code: 'too_big', origin: 'map', maximum: max, input: value });
    })
    .meta({ maxProperties: max });

export const selectorSchema = z
  .strictObject({
    matchLabels: boundedMap(labelValue(), MAX_LABELS).describe(
      'Labels that an object must have, all of them.',
    ),
  })
  .describe(
    `Selects objects of the gate's own namespace by their labels, at most ${MAX_SELECTED}, instead of one by its name.`,
  );

export const podMatchSchema = z
  .strictObject({
    image: z
      .boolean()
      .optional()
      .describe(
        "The object has a container whose image one of the Pod's own containers has too, by repository and by digest or tag; and none whose image the Pod has in another version, or in two of which the object has one. Init containers do not count. The registry, and what a mirror puts before the repository, are not compared.",
      ),
    labels: z
      .array(labelKey())
      .min(1)
      .max(MAX_LABELS)
      .optional()
      .describe(
        'Both have these labels, with equal values, which are not all empty, for example app.kubernetes.io/version.',
      )
      .meta(atomic),
    node: z.boolean().optional().describe('The object is a Pod on the same node.'),
  })
  .describe(
    "Evaluates the dependency for each Pod, by the objects that match it, and not once for all: a release's Pods wait for their own release's Job. All that is given must hold. Only for kinds with namespaces.",
  );

export type Selector = z.infer<typeof selectorSchema>;
export type PodMatch = z.infer<typeof podMatchSchema>;

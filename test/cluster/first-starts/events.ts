import { z } from 'zod';
import type { Namespace } from '../../scenarios/namespace.ts';

const eventSchema = z.looseObject({
  type: z.string(),
  reason: z.string(),
  note: z.string(),
  regarding: z.looseObject({ kind: z.string(), name: z.string() }),
});

/** Waits for an Event with this reason. */
export function untilTold(here: Namespace, reason: string): Promise<z.infer<typeof eventSchema>> {
  return here.until(`an Event ${reason}`, async () =>
    (await here.list('Event'))
      .map((event) => eventSchema.parse(event))
      .find((event) => event.reason === reason),
  );
}

import { z } from 'zod';
import type { Namespace } from '../../scenarios/namespace.ts';

const eventSchema = z.looseObject({
  type: z.string(),
  reason: z.string(),
  note: z.string(),
  regarding: z.looseObject({ kind: z.string(), name: z.string() }),
});

type Told = z.infer<typeof eventSchema>;

/** Waits for an Event with this reason. */
export function untilTold(here: Namespace, reason: string): Promise<Told> {
  return here.until(`an Event ${reason}`, async () => (await told(here, reason))[0]);
}

/** The Events with this reason. */
export async function told(here: Namespace, reason: string): Promise<Told[]> {
  const events = (await here.list('Event')).map((event) => eventSchema.parse(event));
  return events.filter((event) => event.reason === reason);
}

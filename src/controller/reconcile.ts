import type { Logger } from 'pino';
import { decide } from '../core/decide.ts';
import type { Gate, Notice, Settings } from '../core/model.ts';
import { notices } from '../core/notices.ts';
import { type ActContext, act } from './act.ts';
import { observe, versionIn } from './observe.ts';
import { report } from './report.ts';
import type { Stores } from './stores.ts';

/** All that passes share. */
export interface Context extends ActContext {
  readonly stores: Stores;
  readonly settings: Settings;
  /** Records an Event about a gate. Never throws. */
  readonly notify: (gate: Gate, notice: Notice) => void;
}

/**
 * One pass for one gate: observe, decide, act, report. Why it runs is unknown to it.
 *
 * @returns in how many ms to look again although nothing has changed; undefined when only a change matters.
 * @throws whatever a write threw; the caller backs off and runs another pass.
 */
export async function reconcile(
  context: Context & { readonly log: Logger },
  key: string,
): Promise<number | undefined> {
  const { stores, memory, settings, clock, log } = context;
  const world = observe(stores, memory, settings, key);
  if (!world) {
    memory.forget(key);
    return undefined;
  }
  const unseenFor = memory.unseenFor(key, versionIn(stores), clock.now());
  if (unseenFor > 0) return unseenFor;
  const plan = decide(world, clock.now());
  const { done, hasLearned } = await act(context, world.gate, plan.writes);
  const hasReported = plan.status !== undefined && (await report(context, world.gate, plan.status));
  for (const notice of notices(world.gate.status, plan.status, done)) {
    log.info({ reason: notice.reason }, notice.note);
    context.notify(world.gate, notice);
  }
  log.debug({ writes: done.map((write) => write.do), status: hasReported, next: plan.next }, 'pass');
  return hasLearned ? 0 : plan.next;
}

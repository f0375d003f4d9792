import { type EventMeaning, GATE_EVENTS, POD_EVENTS, WORKLOAD_EVENTS } from './event-catalog.ts';
import { code, table } from './markdown.ts';

/** docs/reference/events.md: each Event that the operator records, by the object that it is about. */
export function formatEventsReference(): string {
  return `${[
    '<!-- Generated from src/api/event-catalog.ts by `make generate`. -->',
    '# Events',
    'The reasons are closed lists that programs may rely on; the words of an Event may change. An Event is sent after the write that it tells of, and once: a restart of the operator repeats none. The reporting controller is `dependencygate.dev/operator`.',
    '## On a gate',
    '`kubectl describe dgate` shows them.',
    eventTable(GATE_EVENTS),
    '## On a workload',
    eventTable(WORKLOAD_EVENTS),
    '## On a Pod',
    'Of the Pods that wait for a dependency the first ten are told, since an Event is a write. A dependency that is there, as far as the operator sees, is told of nobody.',
    eventTable(POD_EVENTS),
  ].join('\n\n')}\n`;
}

function eventTable(events: Readonly<Record<string, EventMeaning>>): string {
  return table(
    ['Reason', 'Type', 'When'],
    Object.entries(events).map(([reason, { type, when }]) => [code(reason), type, when]),
  );
}

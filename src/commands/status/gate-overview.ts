import type { Gate } from '../../core/model.ts';
import { checkWords } from '../../core/status/check-words.ts';
import { table } from '../cluster/table.ts';
import { duration } from '../words.ts';

/** How a gate stands, as its status tells: its conditions, targets and dependencies, a table of each. */
export function gateOverview(gate: Gate, now: number): string {
  const { conditions = [], targets = [] } = gate.status;
  const age = (since: string | undefined) => duration(now - Date.parse(since ?? '')) ?? '-';
  const sections = [
    [
      ['CONDITION', 'STATUS', 'SINCE', 'REASON', 'MESSAGE'],
      ...conditions.map((one) => [
        one.type,
        one.status,
        age(one.lastTransitionTime),
        one.reason,
        one.message,
      ]),
    ],
    [
      ['TARGET', 'STATE', 'PASSED', 'WAITING', 'HELD', 'WITHOUT', 'MESSAGE'],
      ...targets.map(({ kind, name, state, open, waiting, held = 0, ungated, message = '-' }) => [
        `${kind}/${name}`,
        state,
        ...[open, waiting, held, ungated].map(String),
        message,
      ]),
    ],
    [
      ['DEPENDENCY', 'CHECK', 'STATE', 'PASSED', 'WAITING', 'SINCE', 'ANSWER'],
      ...dependencyRows(gate).map(({ since, ...row }) => [...row.cells, age(since), row.answer]),
    ],
  ];
  return sections
    .filter(({ length }) => length > 1)
    .map(table)
    .join('\n');
}

function dependencyRows({ spec, status }: Gate) {
  const declared = new Map(spec.valid ? spec.value.dependencies.map((one) => [one.name, one]) : []);
  return (status.dependencies ?? []).map(
    ({ name, check, state, passed, blocked, since, message, answer }) => {
      const dependency = declared.get(name);
      const what = dependency ? checkWords(dependency) : check;
      return {
        cells: [name, what, state, String(passed), String(blocked)],
        since,
        answer: message ?? answer ?? '-',
      };
    },
  );
}

import { count } from '../../core/count.ts';
import type { Gate } from '../../core/model.ts';
import { systemClock } from '../../kube/clock.ts';
import { type ClusterAccess, withCluster } from '../cluster/cluster-access.ts';
import type { ClusterFlags } from '../cluster/cluster-options.ts';
import { readGates } from '../cluster/fetch-gates.ts';
import { formatted, streamed } from '../cluster/output.ts';
import { aligned, columnWidths, table } from '../cluster/table.ts';
import type { Format } from '../options/formats.ts';
import type { Terminal } from '../terminal.ts';
import { ToldWaits } from './changed-waits.ts';
import { followGates } from './follow-gates.ts';
import { waitCells, waitHeadings } from './wait-table.ts';
import { type Wait, waitsOf } from './waits.ts';

/** The options of `dependency-gate list`, named as those of `kubectl get`. */
export interface ListFlags extends ClusterFlags {
  readonly allNamespaces?: true;
  readonly watch?: true;
  readonly output: 'table' | Format;
}

/**
 * Prints what waits, and goes on with what changes, if that is asked for, until it is ended.
 *
 * @throws Error, of one line, as {@link readGates}
 */
export async function runList(
  flags: ListFlags,
  terminal: Terminal,
  ended: () => Promise<void>,
): Promise<void> {
  const { env, print, note } = terminal;
  await withCluster(flags, { env, command: 'list' }, async (access) => {
    const namespace = flags.allNamespaces ? undefined : access.namespace;
    const gates = await readGates(access.requests, namespace);
    const waits = waitsOf(gates);
    const printer = printerFor(flags, waits);
    await print(printer.all(waits));
    if (waits.length === 0 && flags.output === 'table') note(nothing(gates, namespace));
    if (flags.watch) await watch(access, { namespace, told: new ToldWaits(waits), printer, terminal, ended });
  });
}

interface Printer {
  all(waits: readonly Wait[]): string;
  /** One that changed. */
  one(wait: Wait): string;
}

function printerFor(flags: ListFlags, waits: readonly Wait[]): Printer {
  const { output } = flags;
  if (output === 'table') return tablePrinter(flags.allNamespaces === true, waits);
  const one = (wait: Wait) => streamed(output, wait);
  return { all: (all) => (flags.watch ? all.map(one).join('') : formatted(output, all)), one };
}

/** A line that comes later stands in the columns of those that came first. */
function tablePrinter(namespaces: boolean, waits: readonly Wait[]): Printer {
  const options = () => ({ namespaces, now: systemClock.now() });
  const rows = (all: readonly Wait[]) => [
    waitHeadings(options()),
    ...all.map((wait) => waitCells(wait, options())),
  ];
  const widths = columnWidths(rows(waits));
  return {
    all: (all) => (all.length === 0 ? '' : table(rows(all))),
    one: (wait) => `${aligned(waitCells(wait, options()), widths)}\n`,
  };
}

function nothing(gates: readonly Gate[], namespace: string | undefined): string {
  const where = namespace === undefined ? 'any namespace' : `namespace ${namespace}`;
  const others = namespace === undefined ? '' : '; --all-namespaces looks into all';
  return gates.length === 0
    ? `There is no DependencyGate in ${where}${others}.`
    : `Nothing waits in ${where}: ${count(gates.length, 'gate')} in force${others}.`;
}

interface Watching {
  readonly namespace: string | undefined;
  readonly told: ToldWaits;
  readonly printer: Printer;
  readonly terminal: Terminal;
  readonly ended: () => Promise<void>;
}

async function watch(
  { requests }: ClusterAccess,
  { namespace, told, printer, terminal, ended }: Watching,
): Promise<void> {
  let printing = Promise.resolve();
  const following = followGates(requests, namespace, terminal, ({ namespace, name }, gate) => {
    const changes = told.changes({ namespace, gate: name }, gate ? waitsOf([gate]) : []);
    printing = printing.then(() => terminal.print(changes.map(printer.one).join('')));
  });
  await ended();
  await following.stop();
  await printing;
}

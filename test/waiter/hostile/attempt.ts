import { type CheckOptions, createCheck } from '../../../src/waiter/checks/known-checks.ts';
import { systemNetwork } from '../../../src/waiter/network/network.ts';
import { sharedTrust } from '../../../src/waiter/network/trust.ts';
import { wait } from '../../../src/waiter/wait.ts';
import { systemClock } from '../../../src/waiter/wait-clock.ts';

/** What the process is asked to attempt. */
export interface Asked {
  readonly options: CheckOptions | (Omit<Extract<CheckOptions, { kind: 'http' }>, 'url'> & { url: string });
  readonly nameserver: string;
  /** What stands in the file of CA certificates. */
  readonly ca?: string | undefined;
  /** ms */
  readonly timeout: number;
}

/** What one attempt has found, and what it cost. */
export interface Attempted {
  readonly satisfied: boolean;
  readonly answer: string;
  /** CPU time, ms. */
  readonly cpu: number;
  /** By how much the process became larger than it had ever been, KiB. */
  readonly grown: number;
}

/** A process of its own, so that what is measured is the waiter's and not the hostile server's. */
process.on('message', async ({ options, nameserver, timeout, ca = '' }: Asked) => {
  const search = { search: [], ndots: 1, hosts: new Map() };
  const network = systemNetwork([nameserver], search);
  const parsed = options.kind === 'http' ? { ...options, url: new URL(options.url) } : options;
  const check = createCheck(
    parsed,
    network,
    search,
    sharedTrust(() => ({ version: '1', text: () => ca })),
  );
  const before = process.resourceUsage();
  const answer = await firstAnswer(check, timeout);
  const after = process.resourceUsage();
  const cpu = after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime;
  process.send?.({ ...answer, cpu: cpu / 1000, grown: after.maxRSS - before.maxRSS } satisfies Attempted);
});

/** As the program makes it: with its time limit, and with what it lets through of the answer. */
async function firstAnswer(check: Parameters<typeof wait>[1]['check'], timeout: number) {
  const ending = new AbortController();
  const options = { period: 60_000, timeout, successThreshold: 1, overdueAfter: 3_600_000 };
  let satisfied = false;
  const { answer = '' } = await wait(
    { ...options, onOverdue: 'wait' },
    {
      check,
      clock: systemClock,
      random: Math.random,
      log: (event) => {
        satisfied = event.is === 'ended' && event.outcome === 'satisfied';
        ending.abort();
      },
      isOpened: () => false,
      signal: ending.signal,
    },
  );
  return { satisfied, answer };
}

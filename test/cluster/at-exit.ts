import type { ChildProcess } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `signal`: told to end, as by Ctrl-C. `exit`: ended by itself, with something of it still running. */
export type EndOfProcess = 'signal' | 'exit';

/**
 * Calls `end` (synchronous) when this process exits or is told to, unless the function that it answers with was called
 * before. A signal that nobody else listens to then takes its usual effect.
 */
export function atExit(end: (why: EndOfProcess) => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    cancel();
    end('signal');
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const onExit = (): void => end('exit');
  const cancel = (): void => {
    process.off('exit', onExit);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on('exit', onExit);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return cancel;
}

/** Ends the child with this process, however that ends but by SIGKILL; gives the child. */
export function endingWithUs<Child extends ChildProcess>(
  child: Child,
  signal: NodeJS.Signals = 'SIGKILL',
): Child {
  child.once(
    'exit',
    atExit(() => child.kill(signal)),
  );
  return child;
}

/** The parts of the process that the command line uses. */
export interface Process {
  readonly env: Readonly<Record<string, string | undefined>>;
  exitCode?: number | string | null | undefined;
  on(event: 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGUSR2', listener: () => void): unknown;
}

/** Resolves with the first SIGTERM, SIGINT (Ctrl-C) or SIGHUP (the terminal was closed). */
export function signalled(process: Process): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
    process.on('SIGHUP', resolve);
  });
}

const LIMIT_MS = 60_000;

/** Waits for a condition that depends on real I/O, for a minute at most. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited ${LIMIT_MS / 1000} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

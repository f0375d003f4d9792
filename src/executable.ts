import { start } from './start.ts';

/** What Node exits with where an `await` at the top never ends. */
const UNSETTLED = 13;

/**
 * The entry point of the single executable, which is CommonJS and so has no `await` at its top: what Node makes of one that
 * never ends is done here. Work that stops without having ended is no success.
 */
function run(): void {
  let isOver = false;
  process.on('exit', (code) => {
    if (!isOver && code === 0) process.exitCode = UNSETTLED;
  });
  void start().then((code) => {
    isOver = true;
    if (code !== undefined) process.exit(code);
  });
}

run();

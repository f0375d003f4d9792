import { EventEmitter } from 'node:events';
import { signalled } from '../../src/commands/process.ts';

describe('signalled', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    it(`resolves with ${signal}`, async () => {
      const signals = new EventEmitter();
      const end = signalled({ env: {}, on: (event, listener) => signals.on(event, listener) });
      signals.emit(signal);
      await end;
    });
});

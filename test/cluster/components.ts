import { existsSync } from 'node:fs';
import { atExit, type EndOfProcess } from './at-exit.ts';
import { Component } from './component.ts';

/** The running programs of one cluster: started in order, ended in the opposite one, also when this process ends before them. */
export class Components {
  readonly #logs: string;
  readonly #running: Component[] = [];
  readonly #cancelAtExit: () => void;

  /**
   * @param logs folder for a log of each program
   * @param onAbandoned called, without waiting for it, when this process ended and the programs were killed
   */
  constructor(logs: string, onAbandoned: (why: EndOfProcess) => void) {
    this.#logs = logs;
    this.#cancelAtExit = atExit((why) => {
      for (const component of this.#running) component.kill();
      onAbandoned(why);
    });
  }

  start(name: string, command: readonly string[]): Component {
    const component = Component.start(name, command, this.#logs);
    this.#running.push(component);
    return component;
  }

  /** Throws, with the last lines of its log, when a component that ought to run has ended. */
  assertRunning(): void {
    const ended = this.#running.find((component) => component.hasEnded);
    if (ended) throw new Error(`${ended.name} ended`);
  }

  /** The last lines of every log, for the message of an error. */
  tails(): string {
    return this.#running
      .filter((component) => existsSync(component.log))
      .map((component) => `--- ${component.log}\n${component.tail()}`)
      .join('\n');
  }

  /** Ends one of them and forgets it. It has `graceMs` for that before it is killed. */
  async stop(component: Component, graceMs = 0): Promise<void> {
    await component.stop(graceMs);
    this.#running.splice(this.#running.indexOf(component), 1);
  }

  /** The same, at once, of the one with this name. */
  async stopNamed(name: string): Promise<void> {
    for (const component of this.#running.filter((one) => one.name === name)) await this.stop(component);
  }

  /** Ends all, the last one started first. */
  async stopAll(): Promise<void> {
    this.#cancelAtExit();
    for (const component of this.#running.toReversed()) await component.stop();
    this.#running.length = 0;
  }
}

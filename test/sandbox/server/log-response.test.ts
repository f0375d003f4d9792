import { expect } from 'chai';
import type { LoggedContainer, LogLine, LogSource } from '../../../src/sandbox/server/log-response.ts';
import { lines, PODS, pod, type Sandbox, sandbox } from './fixture.ts';

/** Lines of the container `app`, which a test writes. */
class Lines implements LogSource {
  readonly #listeners = new Set<() => void>();
  #lines: readonly LogLine[] = [];
  #ended = false;

  get listeners(): number {
    return this.#listeners.size;
  }

  write(...texts: readonly string[]): void {
    this.#lines = [...this.#lines, ...texts.map((text) => ({ time: '2026-01-01T00:00:00Z', text }))];
    for (const listener of this.#listeners) listener();
  }

  end(): void {
    this.#ended = true;
    for (const listener of this.#listeners) listener();
  }

  read({ pod, container, previous }: LoggedContainer) {
    if (pod !== 'a' || container !== 'app' || previous) return undefined;
    return { lines: this.#lines, ended: this.#ended };
  }

  onChange(_: LoggedContainer, listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

describe('streamLog', () => {
  let source: Lines;
  let server: Sandbox;
  beforeEach(async () => {
    source = new Lines();
    server = await sandbox({ logs: source });
    await server.call('POST', PODS, pod('a'));
  });
  afterEach(() => server.stop());

  const log = async (query: string) => (await fetch(`${server.url}${PODS}/a/log?${query}`)).text();

  it('gives the lines so far', async () => {
    source.write('one', 'two', 'three');
    expect(await log('')).to.equal('one\ntwo\nthree\n');
    expect(await log('tailLines=1')).to.equal('three\n');
    expect(await log('tailLines=1&timestamps=true')).to.equal('2026-01-01T00:00:00Z three\n');
  });

  it('follows until the container ends', async () => {
    const stream = lines(await fetch(`${server.url}${PODS}/a/log?follow=true`));
    source.write('one');
    expect((await stream.next()).value).to.equal('one');
    source.write('two');
    expect((await stream.next()).value).to.equal('two');
    source.end();
    expect((await stream.next()).done).to.equal(true);
    expect(source.listeners).to.equal(0);
  });

  it('refuses what has no log, in the words of the kubelet', async () => {
    const refusal = async (path: string) => (await server.call('GET', path)).body.message;
    expect(await refusal(`${PODS}/a/log?container=x`)).to.equal('container x is not valid for pod a');
    expect(await refusal(`${PODS}/a/log?previous=true`)).to.equal(
      'previous terminated container "app" in pod "a" not found',
    );
    expect(await refusal(`${PODS}/b/log`)).to.equal('pods "b" not found');
    await server.call('POST', PODS, pod('c'));
    expect(await refusal(`${PODS}/c/log`)).to.equal(
      'container "app" in pod "c" is waiting to start: ContainerCreating',
    );
    const containers = ['x', 'y'].map((name) => ({ name, image: 'i' }));
    await server.call(
      'POST',
      PODS,
      pod('d', { spec: { containers, initContainers: [{ name: 'i', image: 'i' }] } }),
    );
    expect(await refusal(`${PODS}/d/log`)).to.equal(
      'a container name must be specified for pod d, choose one of: [x y] or one of the init containers: [i]',
    );
  });
});

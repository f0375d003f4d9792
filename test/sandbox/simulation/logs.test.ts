import { expect } from 'chai';
import { Logs } from '../../../src/sandbox/simulation/logs.ts';

describe('Logs', () => {
  const container = { namespace: 'default', pod: 'web-1', container: 'app' };
  const current = { ...container, previous: false };
  const previous = { ...container, previous: true };
  const logs = () => new Logs({ now: () => Date.UTC(2026), sleep: async () => {} });
  const texts = (source: Logs, which: typeof current) => source.read(which)?.lines.map(({ text }) => text);

  it('has nothing of a container that has not started', () => {
    expect(logs().read(current)).to.equal(undefined);
  });

  it('keeps the lines with their times', () => {
    const source = logs();
    source.start(container);
    source.add(container, 'hello');
    expect(source.read(current)).to.deep.equal({
      lines: [{ time: '2026-01-01T00:00:00.000Z', text: 'hello' }],
      ended: false,
    });
  });

  it('tells the run before from the current one', () => {
    const source = logs();
    source.start(container);
    source.add(container, 'first');
    source.end(container);
    expect(source.read(previous)).to.equal(undefined);
    source.start(container);
    source.add(container, 'second');
    expect(texts(source, previous)).to.deep.equal(['first']);
    expect(texts(source, current)).to.deep.equal(['second']);
  });

  it('calls back at each line, at the end and when the container is gone, until it is told to stop', () => {
    const source = logs();
    source.start(container);
    let calls = 0;
    const stop = source.onChange(current, () => calls++);
    source.add(container, 'line');
    source.end(container);
    source.forget(container);
    expect(calls).to.equal(3);
    expect(source.read(current)).to.equal(undefined);
    stop();
    source.start(container);
    source.add(container, 'line');
    expect(calls).to.equal(3);
  });

  it('stops keeping lines at a limit, and says so', () => {
    const source = logs();
    source.start(container);
    for (let n = 0; n < 20_000; n++) source.add(container, `line ${n}`);
    expect(texts(source, current)).to.have.length(10_001);
    expect(texts(source, current)?.at(-1)).to.equal('the sandbox keeps no more lines of this run');
  });
});

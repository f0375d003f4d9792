import { expect } from 'chai';
import { openAnnotation } from '../../../src/api/names.ts';
import { placeOf } from '../../../src/core/progress/dependency-place.ts';
import { wayThrough } from '../../../src/core/progress/opening.ts';
import { podProgress } from '../../../src/core/progress/pod-progress.ts';
import { container, dns, gate, type PodBuilder, pod, tcp } from '../builders.ts';
import { service } from '../evaluated-builders.ts';
import { ago } from '../time.ts';

const first = gate('first')
  .targets('app')
  .dependsOn(dns('api'), tcp('redis', 6379), service('db'), container('own'))
  .specifying({ order: 'Parallel' })
  .rendered();
const one = pod('app-1').of('app').carrying(first);
const states = ({ pod: of }: PodBuilder) =>
  podProgress(of, 'first').dependencies.map(({ dependency, state }) => `${dependency} ${state}`);
const blockedBy = ({ pod: of }: PodBuilder) => podProgress(of, 'first').blockedBy;

describe('podProgress, of dependencies that share a container', () => {
  it('says of each what the container is at, while that does not run', () => {
    expect(states(one)).to.deep.equal(['api starting', 'redis starting', 'db starting', 'own pending']);
    const failed = one.failed('all', { exitCode: 2 });
    expect(states(failed)).to.deep.equal(['api failed', 'redis failed', 'db failed', 'own pending']);
    expect(blockedBy(failed)).to.deep.equal(['api', 'redis', 'db']);
  });

  it('has one passed that was opened for this run, and is kept by those that were not', () => {
    const running = one.checking('all').openedForRun('db').opened('redis');
    expect(states(running)).to.deep.equal(['api checking', 'redis passed', 'db passed', 'own pending']);
    expect(blockedBy(running)).to.deep.equal(['api']);
    const before = one.checking('all').openedForRun('db', 1, ago(60));
    expect(blockedBy(before)).to.deep.equal(['api', 'redis', 'db']);
  });

  it('is kept by all where all were opened, since nobody knows of which the container has yet to be told', () => {
    expect(blockedBy(one.checking('all').opened('all'))).to.deep.equal(['api', 'redis', 'db']);
  });

  it('has all passed with the container, and is kept by what stands behind it', () => {
    const through = one.passed('all').checking('own');
    expect(states(through)).to.deep.equal(['api passed', 'redis passed', 'db passed', 'own checking']);
    expect(podProgress(through.pod, 'first')).to.deep.include({
      state: 'waiting',
      blockedBy: ['own'],
      passed: 1,
      since: ago(10),
    });
    expect(podProgress(through.passed('own').pod, 'first').state).to.equal('open');
  });

  it('has of the last words of a run that was stopped those about each', () => {
    const entry = (name: string) => ({ name, outcome: 'stopped', answer: `of ${name}` });
    const message = JSON.stringify({ outcome: 'stopped', dependencies: ['api', 'redis'].map(entry) });
    const { dependencies } = podProgress(one.failed('all', { exitCode: 143, message }).pod, 'first');
    expect(dependencies.map(({ message: words }) => words)).to.deep.equal([
      'exit code 143 (Error): {"name":"api","outcome":"stopped","answer":"of api"}',
      'exit code 143 (Error): {"name":"redis","outcome":"stopped","answer":"of redis"}',
      `exit code 143 (Error): ${message}`,
      '',
    ]);
  });

  it('reads a container whose arguments cannot be read as one of a dependency named all', () => {
    const foreign = one.overwritten('dgate-first--all', { args: ['wait', 'all'], waitsFor: undefined });
    const contents = foreign.pod.contents.map(({ waitsFor: _, ...rest }) => rest);
    expect(states(foreign.with({ contents }))).to.deep.equal(['all starting', 'own pending']);
  });
});

describe('wayThrough, of dependencies that share a container', () => {
  const message = JSON.stringify({
    outcome: 'satisfied',
    dependencies: [
      { name: 'api', outcome: 'satisfied' },
      { name: 'redis', outcome: 'overdue' },
      { name: 'db', outcome: 'opened' },
    ],
  });
  const way = ({ pod: of }: PodBuilder, dependency: string) =>
    wayThrough(of, placeOf(of, 'first', dependency));

  it('is told by the entry of each', () => {
    const through = one.passed('all', ago(10), message).openedForRun('db', 1, ago(60)).openedForRun('api');
    expect(['api', 'redis', 'db'].map((name) => way(through, name))).to.deep.equal([
      'satisfied',
      'overdue',
      'evaluated',
    ]);
  });

  it('is told by what opened it where the message is cut off, or lacks it', () => {
    for (const words of [message.slice(0, -9), '{"outcome":"satisfied"}', '']) {
      const through = one.passed('all', ago(10), words).openedForRun('db').opened('redis');
      expect(['api', 'redis', 'db'].map((name) => way(through, name))).to.deep.equal([
        'satisfied',
        'by hand',
        'evaluated',
      ]);
    }
  });

  it('is by hand where all were opened', () => {
    const through = one.passed('all', ago(10), message);
    const annotations = { ...through.pod.annotations, [openAnnotation('first', 'all')]: '1' };
    expect(way(through.with({ annotations }), 'db')).to.equal('by hand');
  });
});

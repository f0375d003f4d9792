import { expect } from 'chai';
import { DEFAULT_TIMING } from '../../src/api/defaults.ts';
import { checkOf, openedBySpec, targetKind, timingOf } from '../../src/api/settled.ts';

describe('targetKind', () => {
  it('is what the target says, else Deployment', () => {
    expect(targetKind({ kind: 'DaemonSet', name: 'a' })).to.equal('DaemonSet');
    expect(targetKind({ name: 'a' })).to.equal('Deployment');
  });
});

describe('checkOf', () => {
  it('names the one check of a dependency, with its settings', () => {
    const settings = { host: 'a', port: 1 };
    const container = { image: 'busybox' };
    const http = { url: 'http://a' };
    expect(checkOf({ name: 'a', dns: { host: 'a' } })).to.deep.equal({
      check: 'dns',
      settings: { host: 'a' },
    });
    expect(checkOf({ name: 'a', tcp: settings })).to.deep.equal({ check: 'tcp', settings });
    expect(checkOf({ name: 'a', http })).to.deep.equal({ check: 'http', settings: http });
    expect(checkOf({ name: 'a', grpc: settings })).to.deep.equal({ check: 'grpc', settings });
    expect(checkOf({ name: 'a', container })).to.deep.equal({ check: 'container', settings: container });
  });

  it('throws for a dependency that validation should have refused', () => {
    expect(() => checkOf({ name: 'nothing' })).to.throw(TypeError, 'nothing');
  });
});

describe('timingOf', () => {
  it('takes the dependency before the defaults of the gate, and those before our own', () => {
    const dependency = { name: 'a', dns: { host: 'a' }, periodSeconds: 7 };
    const defaults = { periodSeconds: 8, onOverdue: 'Open' } as const;
    expect(timingOf(dependency, defaults)).to.deep.equal({
      ...DEFAULT_TIMING,
      periodSeconds: 7,
      onOverdue: 'Open',
    });
  });

  it('is our own where nothing is said', () => {
    expect(timingOf({}, undefined)).to.deep.equal({
      periodSeconds: 2,
      timeoutSeconds: 5,
      successThreshold: 1,
      overdueAfterSeconds: 300,
      onOverdue: 'Wait',
    });
  });
});

describe('openedBySpec', () => {
  it('are the dependencies that it names, or all but containers', () => {
    const targets = [{ name: 'pinger' }];
    const dependencies = [
      { name: 'api', dns: { host: 'api' } },
      { name: 'redis', tcp: { host: 'redis', port: 6379 } },
      { name: 'migrate', container: { image: 'busybox' } },
    ];
    const names = (...open: string[]) => [...openedBySpec({ targets, dependencies, open })];
    expect(names('redis')).to.deep.equal(['redis']);
    expect(names('*')).to.deep.equal(['api', 'redis']);
    expect(names()).to.deep.equal([]);
    expect([...openedBySpec({ targets, dependencies })]).to.deep.equal([]);
  });
});

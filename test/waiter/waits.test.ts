import { expect } from 'chai';
import { UsageError, ValueError } from '../../src/waiter/wait-problem.ts';
import { parseWaits } from '../../src/waiter/waits.ts';

const parse = (line: string, env: Readonly<Record<string, string>> = {}) => parseWaits(line.split(' '), env);

describe('parseWaits', () => {
  it('reads one dependency by itself as it always did', () => {
    const { dependencies, whole } = parse('dns api --name=backend');
    expect(dependencies.map(({ name, check }) => [name, check.kind])).to.deep.equal([['backend', 'dns']]);
    expect(whole).to.equal(undefined);
  });

  it('reads several, each as by itself, and what is said of the whole', () => {
    const api = 'dns api --name=api --period=7s --open-key=k/g.api --annotations-file=/a';
    const db = 'tcp --host-env=H --port=1 --name=db --on-overdue=open --timeout=1s';
    const waits = parse(`all --open-key=k/g.all --annotations-file=/a -- ${api} -- ${db}`, { H: 'db' });
    expect(waits.whole).to.deep.equal({ opening: { key: 'k/g.all', file: '/a' }, logFormat: 'text' });
    const alone = [parse(api), parse(db, { H: 'db' })].flatMap(({ dependencies }) => dependencies);
    expect(waits.dependencies).to.deep.equal(alone);
  });

  it('logs all in the format of the whole, but a dependency that has one of its own', () => {
    const { whole, dependencies } = parse('all --log-format=json -- dns a -- dns b --log-format=text');
    expect(whole?.logFormat).to.equal('json');
    expect(dependencies.map(({ logFormat }) => logFormat)).to.deep.equal(['json', 'text']);
  });

  const wrong: readonly (readonly [line: string, message: RegExp])[] = [
    ['all', /^no dependency given: expected -- before each$/],
    ['all dns a', /^unexpected argument 'dns a'$/],
    ['all dns -- dns a', /^unexpected argument 'dns'$/],
    ['all --period=2s -- dns a', /^Unknown option '--period'$/],
    ['all --open-key=x -- dns a', /^--open-key and --annotations-file need each other$/],
    ['all --log-format=xml -- dns a', /^--log-format must be one of text, json: 'xml'$/],
    ['all --', /^dependency 1: no check given/],
    ['all -- dns a --', /^dependency 2: no check given/],
    ['all -- all -- dns a', /^dependency 1: unknown check 'all'/],
    ['all -- dns a -- tcp redis', /^dependency 2: not HOST:PORT .*: 'redis'$/],
    ['all -- dns a -- tcp redis --name=cache', /^cache: not HOST:PORT/],
    ['all -- dns a -- tcp redis --nonsense --name cache', /^cache: Unknown option '--nonsense'$/],
    ['all -- dns a -- tcp redis --name', /^dependency 2: /],
    ['all -- dns a --name=cache --period=0s -- dns b', /^cache: --period must be between/],
    ['all -- dns a -- tcp a:1', /^two dependencies have the name 'a': give each its own by --name$/],
  ];
  for (const [line, message] of wrong) {
    it(`refuses '${line}', and says whose fault it is`, () => {
      expect(() => parse(line)).to.throw(UsageError, message);
    });
  }

  it('names the dependency whose key holds no address, and not what it holds', () => {
    expect(() => parse('all -- tcp --host-env=H=there --port=1 --name=db', { H: 'hunter2!' })).to.throw(
      ValueError,
      /^db: there holds no host: a name or an IP address, and no port with it$/,
    );
  });
});

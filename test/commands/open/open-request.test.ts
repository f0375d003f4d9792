import { expect } from 'chai';
import { meant, openAfter, podAnnotations } from '../../../src/commands/open/open-request.ts';
import { container, dns, gate, tcp, world } from '../../core/builders.ts';

const of = world(
  gate('first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379), container('own')),
).gate;
const wanted = (...dependencies: readonly string[]) => ({ dependencies, all: false, undo: false });

describe('what is to be opened', () => {
  it('is what was named, once', () => {
    expect(meant(of, wanted('redis', 'api', 'redis'))).to.deep.equal(['redis', 'api']);
    expect(meant(of, { ...wanted(), all: true })).to.deep.equal(['*']);
  });

  for (const [what, args, says] of [
    ['nothing', wanted(), 'which dependency? api, redis, own, or --all'],
    [
      'what it has not',
      wanted('api', 'rediss'),
      'gate first has no dependency rediss: it has api, redis, own',
    ],
    ['a container', wanted('own'), 'own: a container of your own cannot be opened'],
    ['names and all', { ...wanted('api'), all: true }, 'name dependencies or give --all, and not both'],
  ] as const) {
    it(`is refused where it is ${what}`, () => expect(() => meant(of, args)).to.throw(says));
  }

  it('may be taken back of what is no dependency any more', () => {
    const left = world(
      gate('first')
        .dependsOn(dns('api'))
        .specifying({ open: ['gone'] }),
    ).gate;
    expect(meant(left, { ...wanted('gone'), undo: true })).to.deep.equal(['gone']);
    expect(() => meant(left, wanted('gone'))).to.throw('no dependency gone');
  });
});

describe('spec.open', () => {
  for (const [before, names, undo, after] of [
    [[], ['redis'], false, ['redis']],
    [['api'], ['redis', 'api'], false, ['api', 'redis']],
    [['api'], ['*'], false, ['*']],
    [['api', 'redis'], ['api'], true, ['redis']],
    [['api', 'redis'], ['*'], true, []],
    [[], ['api'], true, []],
  ] as const) {
    it(`is [${after}] after [${before}] and ${names}${undo ? ' taken back' : ''}`, () =>
      expect(openAfter(before, names, undo)).to.deep.equal(after));
  }
});

describe('the annotations of a Pod', () => {
  it('are those of what was named, or of all that can be opened', () => {
    expect(podAnnotations(of, ['redis'], 'now')).to.deep.equal({
      'open.dependencygate.dev/first.redis': 'now',
    });
    expect(podAnnotations(of, ['*'], null)).to.deep.equal({
      'open.dependencygate.dev/first.api': null,
      'open.dependencygate.dev/first.redis': null,
    });
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import {
  containerName,
  containerOwner,
  gateAnnotation,
  MAX_GATE_AND_DEPENDENCY_LENGTH,
  OPENED_AGAIN_ANNOTATION,
  openAnnotation,
  openValue,
  readOpenValue,
  targetAnnotationValue,
} from '../../src/api/names.ts';
import { gateNameArbitrary, specArbitrary } from './gate-arbitrary.ts';

describe('containerName', () => {
  it('is wire format', () => {
    expect(containerName('api-first', 'redis')).to.equal('dgate-api-first--redis');
  });

  it('has the 63 characters of a DNS label at most', () => {
    const gate = 'g'.repeat(20);
    const dependency = 'd'.repeat(MAX_GATE_AND_DEPENDENCY_LENGTH - gate.length);
    expect(containerName(gate, dependency)).to.have.length(63);
  });
});

describe('containerOwner', () => {
  it('reads the gate and the dependency back from every container name', () => {
    fc.assert(
      fc.property(gateNameArbitrary, specArbitrary, (gate, { dependencies }) => {
        for (const { name } of dependencies) {
          expect(containerOwner(containerName(gate, name))).to.deep.equal({ gate, dependency: name });
        }
      }),
    );
  });

  it('reads a dependency with two hyphens in a row', () => {
    expect(containerOwner('dgate-a--b--c')).to.deep.equal({ gate: 'a', dependency: 'b--c' });
  });

  it('does not know other containers', () => {
    for (const name of ['app', 'dgate', 'dgate-a', 'my-dgate-a--b']) {
      expect(containerOwner(name)).to.equal(undefined);
    }
  });
});

describe('annotations', () => {
  it('are wire format', () => {
    expect(gateAnnotation('api-first')).to.equal('gate.dependencygate.dev/api-first');
    expect(openAnnotation('api-first', 'redis')).to.equal('open.dependencygate.dev/api-first.redis');
    expect(targetAnnotationValue('Deployment', 'pinger')).to.equal('Deployment/pinger');
    expect(OPENED_AGAIN_ANNOTATION).to.equal('dependencygate.dev/opened-again');
  });
});

describe('openValue', () => {
  const startedAt = '2026-11-26T11:00:00Z';

  it('is wire format, and read back', () => {
    expect(openValue({ attempt: 3, startedAt })).to.equal('3 2026-11-26T11:00:00Z');
    expect(readOpenValue('3 2026-11-26T11:00:00Z')).to.deep.equal({ attempt: 3, startedAt });
  });

  it('is nothing else', () => {
    for (const value of [
      '',
      '1',
      'please',
      startedAt,
      `${startedAt} 1`,
      `1 ${startedAt} `,
      `x1 ${startedAt}`,
    ])
      expect(readOpenValue(value), value).to.equal(undefined);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import {
  containerName,
  containerOwner,
  gateAnnotation,
  MAX_GATE_AND_DEPENDENCY_LENGTH,
  openAnnotation,
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
  });
});

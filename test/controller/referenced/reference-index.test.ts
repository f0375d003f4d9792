import { expect } from 'chai';
import type { Dependency } from '../../../src/api/spec.ts';
import {
  referencedKinds,
  referencesOf,
  referenceValues,
} from '../../../src/controller/referenced/reference-index.ts';
import { dns, gate, NAMESPACE } from '../../core/builders.ts';
import { database, jobDone, otherGate, service } from '../../core/evaluated-builders.ts';
import { JOB } from './referenced-rig.ts';

const of = (...dependencies: readonly Dependency[]) => gate('g').dependsOn(...dependencies).gate;

describe('referencesOf', () => {
  it('are the objects that a gate is evaluated by, with and without its namespace', () => {
    expect(referencesOf(of(jobDone('migrate', { condition: { type: 'Complete' } })))).to.deep.equal([
      { kind: JOB, object: { namespace: '', name: 'migrate' } },
      { kind: JOB, object: { namespace: NAMESPACE, name: 'migrate' } },
    ]);
  });

  it('are none of other gates, of hosts outside of the namespace, and of a spec that cannot be read', () => {
    expect(referencesOf(of(otherGate('db'), dns('api.example.com')))).to.deep.equal([]);
    expect(referencesOf(gate('g').dependsOn(jobDone('migrate')).invalid('no good').gate)).to.deep.equal([]);
  });
});

describe('referenceValues', () => {
  it('tell objects of one name apart by kind and namespace', () => {
    const values = [
      ...referenceValues(of(jobDone('db'), database('db'))),
      ...referenceValues({ ...of(jobDone('db')), namespace: 'elsewhere' }),
    ];
    // The value without a namespace is one for all namespaces.
    expect(new Set(values)).to.have.property('size', values.length - 1);
  });
});

describe('referencedKinds', () => {
  it('are named once each', () => {
    expect(referencedKinds(of(jobDone('a'), jobDone('b'), database('db')))).to.deep.equal([
      'batch/v1/Job',
      'example.com/v1/Database',
    ]);
    expect(referencedKinds(of(service('api')))).to.deep.equal([
      'v1/Service',
      'discovery.k8s.io/v1/EndpointSlice',
    ]);
  });
});

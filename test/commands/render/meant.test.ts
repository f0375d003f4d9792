import { expect } from 'chai';
import { InputError } from '../../../src/commands/render/yaml/documents.ts';
import { DEPLOYMENT, GATE, gateOf, renderTexts } from './input.ts';

/** What is wrong with texts, or else what is warned of, without the places. */
function said(...texts: readonly string[]): string[] {
  try {
    return renderTexts(texts).warnings.map(withoutPlace);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(withoutPlace);
    throw error;
  }
}

function withoutPlace(line: string): string {
  return line.replace(/^.*?, line \d+: /, '');
}

const waitingFor = (name: string, ...gates: readonly string[]) =>
  gateOf(name, ['pinger'], { dependencies: gates.map((gate) => ({ name: gate, gate: { name: gate } })) });

describe('renderSources, of names that are not there', () => {
  it('tells which workload was meant by a target that is misspelt', () => {
    expect(said(gateOf('a', ['pingr']), DEPLOYMENT)).to.deep.equal([
      'DependencyGate a: its target Deployment pingr of namespace my-namespace is not in the input; did you mean pinger?',
    ]);
  });

  it('tells which kind a workload of that name is of', () => {
    const job = { kind: 'Job', name: 'pinger' } as const;
    expect(said(gateOf('a', [job]), DEPLOYMENT)).to.deep.equal([
      'DependencyGate a: its target Job pinger of namespace my-namespace is not in the input, but Deployment pinger is: set kind: Deployment',
    ]);
  });

  it('tells which namespace it is in', () => {
    const elsewhere = DEPLOYMENT.replace('namespace: my-namespace', 'namespace: other');
    expect(said(gateOf('a', ['pinger']), elsewhere)).to.deep.equal([
      'DependencyGate a: its target Deployment pinger of namespace my-namespace is not in the input, but one is in namespace other: put the gate there, since its targets are in its own namespace',
    ]);
    expect(said(gateOf('a', ['pingr']), elsewhere)[0]).to.match(/is not in the input$/);
  });

  it('says nothing more where nothing is like it', () => {
    expect(said(gateOf('a', ['frontend']), DEPLOYMENT)[0]).to.match(/is not in the input$/);
  });
});

describe('renderSources, of what is meant to be a gate', () => {
  it('tells the kind and the group that were meant', () => {
    expect(said(GATE.replace('kind: DependencyGate', 'kind: Dependencygate'), DEPLOYMENT)).to.deep.equal([
      'Dependencygate api-first: kind: dependencygate.dev has no such kind; did you mean DependencyGate?',
    ]);
    expect(said(GATE.replace('dependencygate.dev', 'dependencygates.dev'), DEPLOYMENT)).to.deep.equal([
      'DependencyGate api-first: apiVersion: there is no such group; did you mean dependencygate.dev/v1alpha1?',
    ]);
  });

  it('passes a kind of that name of a group that is another', () => {
    expect(said(GATE.replace('dependencygate.dev', 'example.com'), DEPLOYMENT)).to.deep.equal([
      'there is no DependencyGate in the input',
    ]);
  });
});

describe('renderSources, of gates that never open', () => {
  const CYCLE = 'spec.dependencies: these gates wait for each other and none will ever open';

  it('names the circle that gates wait in, once', () => {
    expect(said(waitingFor('a', 'b'), waitingFor('b', 'c'), waitingFor('c', 'a'), DEPLOYMENT)).to.deep.equal([
      `DependencyGate a: ${CYCLE}: a → b → c → a`,
    ]);
    expect(said(waitingFor('a', 'c'), waitingFor('b', 'c'), DEPLOYMENT)).to.deep.equal([]);
  });

  it('takes gates of one name and two namespaces for two', () => {
    const elsewhere = waitingFor('b', 'a').replace('my-namespace', 'other');
    expect(said(waitingFor('a', 'b'), elsewhere, DEPLOYMENT).join()).not.to.contain(CYCLE);
  });

  it('names a target that is to be ready before it may start, in the words of the status', () => {
    const resource = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'pinger' };
    expect(
      said(gateOf('a', ['pinger'], { dependencies: [{ name: 'x', resource }] }), DEPLOYMENT),
    ).to.deep.equal([
      'DependencyGate a: spec.dependencies[0].resource: Deployment pinger is a target of this gate, and is not ready before its own Pods have started',
    ]);
  });
});

import { expect } from 'chai';
import type { Dependency } from '../../../src/api/spec.ts';
import { readSelectors, readTroubles } from '../../../src/commands/explain/read-around.ts';
import { ApiError } from '../../../src/kube/api-error.ts';
import { dns, gate, pod, statefulSet, tcp, type WorkloadBuilder, workload } from '../../core/builders.ts';
import { explained, NO_SERVICE, seenService } from './explained.ts';

/** Answers by path, and what was asked. */
function reader(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const answer = (path: string): unknown => {
    asked.push(path);
    if (path in answers) return answers[path];
    throw new ApiError({ status: 403, reason: 'Forbidden', message: 'no' });
  };
  return {
    asked,
    get: async ({ plural }: { readonly plural: string }, { name }: { readonly name: string }) =>
      answer(`${plural}/${name}`),
    list: async (
      { plural }: { readonly plural: string },
      { fieldSelector }: { readonly fieldSelector?: string | undefined } = {},
    ) => {
      const items = answer(`${plural}?${fieldSelector}`);
      return { items: Array.isArray(items) ? items : [], resourceVersion: '1' };
    },
  };
}

describe('readSelectors', () => {
  function waitingFor(dependency: Dependency, observation = seenService('web', 0)) {
    const first = gate('first').targets('web').dependsOn(dependency).rendered();
    const one = pod('web-1').of('web').carrying(first).checking(dependency.name);
    const observations = { [dependency.name]: observation };
    return explained(first, [workload('web').carrying(first), one], { observations }).gate;
  }

  it('asks for the Service that has no endpoints, and for no other', async () => {
    const of = reader({ 'services/web': { spec: { selector: { app: 'web' } } } });
    expect([...(await readSelectors(of, waitingFor(tcp('web', 80))))]).to.deep.equal([
      ['web', { app: 'web' }],
    ]);
    expect(of.asked).to.deep.equal(['services/web']);
    const none = reader({});
    await readSelectors(none, waitingFor(tcp('web', 80), seenService('web', 1)));
    await readSelectors(none, waitingFor(tcp('web', 80), NO_SERVICE));
    expect(none.asked).to.be.empty;
  });

  it('knows nothing where it may not be read, or has no selector', async () => {
    expect([...(await readSelectors(reader({}), waitingFor(dns('web'))))]).to.deep.equal([['web', {}]]);
    const bare = reader({ 'services/web': { spec: {} } });
    expect([...(await readSelectors(bare, waitingFor(dns('web'))))]).to.deep.equal([['web', {}]]);
  });
});

describe('readTroubles', () => {
  function without(of: WorkloadBuilder, ...pods: string[]) {
    const key = `${of.workload.kind}/${of.workload.name}`;
    const first = gate('first').targets(key).dependsOn(dns('api')).rendered();
    const made = pods.map((name) => pod(name).of(key).carrying(first).checking('api'));
    return explained(first, [of.carrying(first), ...made]).gate;
  }
  const web = workload('web').with({ replicas: 0 });
  const failing = (status: string) => ({
    status: { conditions: [{ type: 'ReplicaFailure', status, message: 'exceeded quota' }] },
  });

  it("reads a Deployment's own condition, and that it is paused", async () => {
    const refused = reader({ 'deployments/web': failing('True') });
    expect([...(await readTroubles(refused, without(web)))]).to.deep.equal([
      ['Deployment/web', { is: 'refused', message: 'exceeded quota' }],
    ]);
    expect(refused.asked).to.deep.equal(['deployments/web']);
    const paused = reader({ 'deployments/web': { spec: { paused: true } } });
    expect([...(await readTroubles(paused, without(web))).values()]).to.deep.equal([{ is: 'paused' }]);
  });

  it('reads the last Event of others that says so', async () => {
    const events = 'events?involvedObject.kind=StatefulSet,involvedObject.name=db,type=Warning';
    const of = reader({
      'statefulsets/db': {},
      [events]: [
        { reason: 'FailedCreate', message: 'first' },
        { reason: 'FailedCreate', message: 'denied the request' },
        { reason: 'Other', message: 'of no concern' },
      ],
    });
    const found = await readTroubles(of, without(statefulSet('db').with({ replicas: 0 })));
    expect([...found]).to.deep.equal([['StatefulSet/db', { is: 'refused', message: 'denied the request' }]]);
  });

  it('knows nothing where nothing says so, or it may not be read', async () => {
    const silent = reader({ 'deployments/web': failing('False') });
    expect([...(await readTroubles(silent, without(web)))]).to.be.empty;
    expect([...(await readTroubles(reader({}), without(web)))]).to.be.empty;
  });

  it('asks nothing of a target that has Pods, or wants none', async () => {
    const of = reader({});
    await readTroubles(of, without(workload('web'), 'web-1'));
    await readTroubles(of, without(workload('web').replicas(0)));
    expect(of.asked).to.be.empty;
  });
});

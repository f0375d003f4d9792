import { expect } from 'chai';
import { discover } from '../../src/kube/discovery.ts';
import { refused } from './watch/fake-kinds.ts';

const verbs = ['get', 'list', 'watch'];
const job = { name: 'jobs', kind: 'Job', namespaced: true, verbs };

/** What is found in such an answer, and what was asked for. */
async function found(apiVersion: string, kind: string, answer: unknown) {
  const asked: string[] = [];
  const resources = async (group: string, version: string) => {
    asked.push(`${group}|${version}`);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { resource: await discover({ resources }, apiVersion, kind), asked };
}

describe('discover', () => {
  it('asks the group and version for the kind, and knows its resource', async () => {
    expect(await found('batch/v1', 'Job', { resources: [job] })).to.deep.equal({
      resource: { group: 'batch', version: 'v1', plural: 'jobs', namespaced: true },
      asked: ['batch|v1'],
    });
  });

  it('knows the core group, and kinds without a namespace', async () => {
    const namespace = { name: 'namespaces', kind: 'Namespace', namespaced: false, verbs };
    expect(await found('v1', 'Namespace', { resources: [namespace] })).to.deep.equal({
      resource: { group: '', version: 'v1', plural: 'namespaces', namespaced: false },
      asked: ['|v1'],
    });
  });

  it('takes no subresource for the resource', async () => {
    const scale = { name: 'jobs/status', kind: 'Job', namespaced: true, verbs };
    expect((await found('batch/v1', 'Job', { resources: [scale, job] })).resource?.plural).to.equal('jobs');
  });

  const none: Readonly<Record<string, unknown>> = {
    'of another kind': { resources: [{ ...job, kind: 'CronJob' }] },
    'of the kind in other letters': { resources: [{ ...job, kind: 'job' }] },
    'that cannot be watched': { resources: [{ ...job, verbs: ['get', 'list'] }] },
    'without verbs': { resources: [{ ...job, verbs: null }] },
    'in an empty answer': { resources: [] },
    'where the list is null, as Go sends an empty one': { resources: null },
    'in a group that is not served': refused(404),
  };
  for (const [what, answer] of Object.entries(none)) {
    it(`finds nothing ${what}`, async () => {
      expect((await found('batch/v1', 'Job', answer)).resource).to.equal(undefined);
    });
  }

  it('finds a kind beside resources that cannot be read', async () => {
    const resources = [{ name: 'odd' }, 'odd', { ...job, kind: 'Odd', verbs: null }, job];
    expect((await found('batch/v1', 'Job', { resources })).resource?.plural).to.equal('jobs');
  });

  for (const status of [0, 403, 503]) {
    it(`throws what is no answer to the question: ${status}`, async () => {
      const error = await found('batch/v1', 'Job', refused(status)).catch((thrown: unknown) => thrown);
      expect(error).to.include({ status });
    });
  }

  it('hands on the signal that ends it', async () => {
    const { signal } = new AbortController();
    let given: AbortSignal | undefined;
    const resources = async (_group: string, _version: string, one?: AbortSignal) => {
      given = one;
      return {};
    };
    await discover({ resources }, 'v1', 'Pod', signal);
    expect(given).to.equal(signal);
  });
});

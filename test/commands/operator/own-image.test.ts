import { expect } from 'chai';
import { ownImage, ownPod } from '../../../src/commands/operator/own-image.ts';
import { ApiError } from '../../../src/kube/api-error.ts';
import type { Requests } from '../../../src/kube/client/requests.ts';
import type { ObjectName, Resource } from '../../../src/kube/resource.ts';

const POD = { name: 'operator-1', namespace: 'system' };
const container = (name: string, image: string) => ({ name, image });

/** Answers with a Pod of these containers, or fails. */
function reading(answer: readonly object[] | Error) {
  const asked: string[] = [];
  return {
    asked,
    get: async ({ plural }: Resource, { name, namespace }: ObjectName) => {
      asked.push(`${plural} ${namespace}/${name}`);
      if (answer instanceof Error) throw answer;
      return { metadata: { name }, spec: { containers: answer } };
    },
  };
}

/** Nobody waits for a pause. */
const clock = {
  now: () => 0,
  after: (_: number, run: () => void) => {
    setImmediate(run);
    return () => {};
  },
};
const imageOf = (requests: Pick<Requests, 'get'>, pod: ObjectName | undefined, onRetry = (_: Error) => {}) =>
  ownImage({ requests, pod, clock, random: () => 0, onRetry });
const failing = (answer: readonly object[] | Error, pod: ObjectName | undefined = POD) =>
  imageOf(reading(answer), pod).then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );

describe('ownPod', () => {
  it('is named by the variables of its template, both of them', () => {
    expect(ownPod({ POD_NAME: 'a', POD_NAMESPACE: 'b' })).to.deep.equal({ name: 'a', namespace: 'b' });
    for (const env of [{}, { POD_NAME: 'a' }, { POD_NAMESPACE: 'b' }, { POD_NAME: '', POD_NAMESPACE: 'b' }])
      expect(ownPod(env)).to.equal(undefined);
  });
});

describe('ownImage', () => {
  it("is that of the operator's own container, whatever was put beside it", async () => {
    const requests = reading([container('istio-proxy', 'proxy:1'), container('operator', 'mirror/dg:2')]);
    expect(await imageOf(requests, POD)).to.equal('mirror/dg:2');
    expect(requests.asked).to.deep.equal(['pods system/operator-1']);
  });

  it('is that of the only container, by any name', async () => {
    expect(await imageOf(reading([container('main', 'dg:3')]), POD)).to.equal('dg:3');
  });

  it('is not known outside of a Pod', async () => {
    expect(await imageOf(reading([]), undefined).catch(String)).to.contain(
      'Outside of a Pod give --waiter-image',
    );
  });

  it('asks again an API server that does not answer', async () => {
    const answered = [0, 503, 429].map(
      (status) => new ApiError({ status, reason: 'Said', message: 'later' }),
    );
    const requests = {
      get: async () => answered.shift() ?? { spec: { containers: [container('a', 'dg:4')] } },
    };
    const get = async () => {
      const answer = await requests.get();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const told: string[] = [];
    expect(await imageOf({ get }, POD, ({ message }) => told.push(message))).to.equal('dg:4');
    expect(told).to.deep.equal(['later', 'later', 'later']);
  });

  it('tells what to do where the Pod may not be read, is gone, or is none', async () => {
    const answered = (status: number, reason: string) => new ApiError({ status, reason, message: 'no' });
    expect(await failing(answered(403, 'Forbidden'))).to.match(
      /Pod system\/operator-1 cannot be read: no; let the operator get Pods.*or give --waiter-image$/,
    );
    expect(await failing(answered(404, 'NotFound'))).to.match(/cannot be read: no; give --waiter-image$/);
    expect(await failing([])).to.match(/give --waiter-image$/);
  });
});

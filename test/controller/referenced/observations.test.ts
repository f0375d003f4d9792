import { expect } from 'chai';
import { observationsOf } from '../../../src/controller/referenced/observations.ts';
import type { Look } from '../../../src/controller/referenced/watched-kind.ts';
import { ENDPOINT_SLICE, kindKey, type Referenced } from '../../../src/core/evaluate/references.ts';
import type { JsonObject, Observation } from '../../../src/core/model.ts';
import { container, dns, type GateBuilder, gate, NAMESPACE, tcp } from '../../core/builders.ts';
import { database, jobDone, jobObject, otherGate, service } from '../../core/evaluated-builders.ts';
import { jobs } from '../../kube/watch/fake-kinds.ts';

/** `v1/Service api` → what a watch shows of it; what is not named has not been listed yet. */
type Looks = Readonly<Record<string, Look>>;
const watching = (...found: JsonObject[]): Look => ({
  is: 'watching',
  found,
  last: undefined,
  isNamespaced: true,
});
const unknown: Look = { is: 'unknown', resource: undefined };
const forbidden: Look = { is: 'forbidden', resource: jobs };

function observations(of: GateBuilder, looks: Looks = {}, others: readonly GateBuilder[] = []) {
  const gates = new Map([of, ...others].map((one) => [`${one.gate.namespace}/${one.gate.name}`, one.gate]));
  const look = (reference: Referenced, namespace: string) => {
    expect(namespace).to.equal(NAMESPACE);
    return looks[`${kindKey(reference)} ${reference.name}`];
  };
  return observationsOf({ gates, referenced: { look } }, of.gate);
}
const blank = gate('g');
const only = (found: ReadonlyMap<string, Observation>) => [...found.values()][0];

describe('observationsOf', () => {
  it('are none of a spec that cannot be read, and of what is evaluated by nothing outside of its Pods', () => {
    expect(observations(blank.dependsOn(jobDone('a')).invalid('no good')).size).to.equal(0);
    expect(observations(blank.dependsOn(dns('api.example.com'), container('own'))).size).to.equal(0);
  });

  it('go by the names of the dependencies', () => {
    const of = blank.dependsOn(
      { ...jobDone('migrate'), name: 'first' },
      { ...service('api'), name: 'second' },
    );
    expect([...observations(of).keys()]).to.deep.equal(['first', 'second']);
  });

  describe('of an object', () => {
    const of = blank.dependsOn(jobDone('migrate'));
    const key = 'batch/v1/Job migrate';

    it('are what it last was where it has gone just now', () => {
      const last = jobObject('migrate', 'Complete');
      const look: Look = { is: 'watching', found: [], last, isNamespaced: true };
      expect(only(observations(of, { [key]: look }))).to.deep.equal({ is: 'absent', last });
    });

    it('are the object, its absence, or nothing yet', () => {
      const object = jobObject('migrate');
      expect(only(observations(of, { [key]: watching(object) }))).to.deep.equal({
        is: 'object',
        object,
        isNamespaced: true,
      });
      expect(only(observations(of, { [key]: watching() }))).to.deep.equal({ is: 'absent' });
      expect(only(observations(of))).to.deep.equal({ is: 'unseen' });
    });

    it('say why nothing has been read yet', () => {
      const look = { is: 'looking', problem: 'the server is down' } as const;
      expect(only(observations(of, { [key]: look }))).to.deep.equal({
        is: 'unseen',
        problem: 'the server is down',
      });
    });

    it('say that the kind is not served', () => {
      expect(
        only(observations(blank.dependsOn(database('db')), { 'example.com/v1/Database db': unknown })),
      ).to.deep.equal({
        is: 'unknown kind',
        message: 'the API server knows no Database of example.com/v1',
      });
    });

    it('say which rule is missing, as it stands in a ClusterRole', () => {
      const observation = only(observations(of, { [key]: forbidden }));
      expect(observation?.is).to.equal('forbidden');
      const message = observation?.is === 'forbidden' ? observation.message : '';
      expect(message).to.contain('dependencygate.dev/aggregate-to-operator: "true"');
      expect(JSON.parse(message.slice(message.indexOf('{')))).to.deep.equal({
        apiGroups: ['batch'],
        resources: ['jobs'],
        verbs: ['list', 'watch'],
      });
    });

    it('ask for no rule where it is not known what the kind is served as', () => {
      const observation = only(observations(of, { [key]: { is: 'forbidden', resource: undefined } }));
      expect(observation?.is === 'undiscoverable' && observation.message).to.match(
        /of batch\/v1: .*system:discovery$/,
      );
    });
  });

  describe('of a Service', () => {
    const of = blank.dependsOn(service('api'));
    const [svc, eps] = ['v1/Service api', `${kindKey(ENDPOINT_SLICE)} api`];
    const object: JsonObject = { kind: 'Service' };
    const slice: JsonObject = { kind: 'EndpointSlice' };

    it('are the Service and its slices, also where it does not exist', () => {
      expect(
        only(observations(of, { [svc]: watching(object), [eps]: watching(slice, slice) })),
      ).to.deep.equal({
        is: 'service',
        service: object,
        slices: [slice, slice],
      });
      expect(only(observations(of, { [svc]: watching(), [eps]: watching(slice) }))).to.deep.equal({
        is: 'service',
        service: undefined,
        slices: [slice],
      });
    });

    it('wait for both to be seen', () => {
      expect(only(observations(of, { [svc]: watching(object) }))?.is).to.equal('unseen');
      expect(only(observations(of, { [eps]: watching(slice) }))?.is).to.equal('unseen');
    });

    it('say which of the two may not be read', () => {
      const resource = { ...jobs, group: 'discovery.k8s.io', plural: 'endpointslices' };
      const observation = only(
        observations(of, { [svc]: watching(object), [eps]: { is: 'forbidden', resource } }),
      );
      expect(observation?.is === 'forbidden' && observation.message).to.match(
        /may not read endpointslices: /,
      );
    });

    it('are there too of a check that dials its name', () => {
      const all = { [svc]: watching(object), [eps]: watching() };
      expect(only(observations(blank.dependsOn(tcp('api', 80)), all))?.is).to.equal('service');
    });
  });

  describe('of another gate', () => {
    const of = blank.dependsOn(otherGate('b'));

    it('are that gate, or its absence', () => {
      const b = gate('b');
      expect(only(observations(of, {}, [b]))).to.deep.equal({ is: 'gate', gate: b.gate, cycle: [] });
      expect(only(observations(of))).to.deep.equal({ is: 'absent' });
    });

    it('are not that of another namespace', () => {
      expect(only(observations(of, {}, [gate('b').with({ namespace: 'elsewhere' })]))).to.deep.equal({
        is: 'absent',
      });
    });

    it('see the gates that wait for each other', () => {
      const others = [gate('b').dependsOn(otherGate('c')), gate('c').dependsOn(otherGate('g'))];
      expect(only(observations(of, {}, others))).to.deep.include({ cycle: ['g', 'b', 'c', 'g'] });
    });
  });
});

import { expect } from 'chai';
import { sightingsOf } from '../../../src/controller/referenced/sightings.ts';
import type { Look } from '../../../src/controller/referenced/watched-kind.ts';
import { ENDPOINT_SLICE, kindKey, type Subject } from '../../../src/core/evaluate/subjects.ts';
import type { JsonObject, Sighting } from '../../../src/core/model.ts';
import { container, dns, type GateBuilder, gate, NAMESPACE, tcp } from '../../core/builders.ts';
import { database, jobDone, jobObject, otherGate, service } from '../../core/judged-builders.ts';
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

function sightings(of: GateBuilder, looks: Looks = {}, others: readonly GateBuilder[] = []) {
  const gates = new Map([of, ...others].map((one) => [`${one.gate.namespace}/${one.gate.name}`, one.gate]));
  const look = (subject: Subject, namespace: string) => {
    expect(namespace).to.equal(NAMESPACE);
    return looks[`${kindKey(subject)} ${subject.name}`];
  };
  return sightingsOf({ gates, subjects: { look } }, of.gate);
}
const blank = gate('g');
const only = (found: ReadonlyMap<string, Sighting>) => [...found.values()][0];

describe('sightingsOf', () => {
  it('are none of a spec that cannot be read, and of what is judged by nothing outside of its Pods', () => {
    expect(sightings(blank.dependsOn(jobDone('a')).invalid('no good')).size).to.equal(0);
    expect(sightings(blank.dependsOn(dns('api.example.com'), container('own'))).size).to.equal(0);
  });

  it('go by the names of the dependencies', () => {
    const of = blank.dependsOn(
      { ...jobDone('migrate'), name: 'first' },
      { ...service('api'), name: 'second' },
    );
    expect([...sightings(of).keys()]).to.deep.equal(['first', 'second']);
  });

  describe('of an object', () => {
    const of = blank.dependsOn(jobDone('migrate'));
    const key = 'batch/v1/Job migrate';

    it('are what it last was where it has gone just now', () => {
      const last = jobObject('migrate', 'Complete');
      const look: Look = { is: 'watching', found: [], last, isNamespaced: true };
      expect(only(sightings(of, { [key]: look }))).to.deep.equal({ is: 'absent', last });
    });

    it('are the object, its absence, or nothing yet', () => {
      const object = jobObject('migrate');
      expect(only(sightings(of, { [key]: watching(object) }))).to.deep.equal({
        is: 'object',
        object,
        isNamespaced: true,
      });
      expect(only(sightings(of, { [key]: watching() }))).to.deep.equal({ is: 'absent' });
      expect(only(sightings(of))).to.deep.equal({ is: 'unseen' });
    });

    it('say why nothing has been read yet', () => {
      const look = { is: 'looking', problem: 'the server is down' } as const;
      expect(only(sightings(of, { [key]: look }))).to.deep.equal({
        is: 'unseen',
        problem: 'the server is down',
      });
    });

    it('say that the kind is not served', () => {
      expect(
        only(sightings(blank.dependsOn(database('db')), { 'example.com/v1/Database db': unknown })),
      ).to.deep.equal({
        is: 'unknown kind',
        message: 'the API server knows no Database of example.com/v1',
      });
    });

    it('say which rule is missing, as it stands in a ClusterRole', () => {
      const sighting = only(sightings(of, { [key]: forbidden }));
      expect(sighting?.is).to.equal('forbidden');
      const message = sighting?.is === 'forbidden' ? sighting.message : '';
      expect(message).to.contain('dependencygate.dev/aggregate-to-operator: "true"');
      expect(JSON.parse(message.slice(message.indexOf('{')))).to.deep.equal({
        apiGroups: ['batch'],
        resources: ['jobs'],
        verbs: ['list', 'watch'],
      });
    });

    it('ask for no rule where it is not known what the kind is served as', () => {
      const sighting = only(sightings(of, { [key]: { is: 'forbidden', resource: undefined } }));
      expect(sighting?.is === 'undiscoverable' && sighting.message).to.match(
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
      expect(only(sightings(of, { [svc]: watching(object), [eps]: watching(slice, slice) }))).to.deep.equal({
        is: 'service',
        service: object,
        slices: [slice, slice],
      });
      expect(only(sightings(of, { [svc]: watching(), [eps]: watching(slice) }))).to.deep.equal({
        is: 'service',
        service: undefined,
        slices: [slice],
      });
    });

    it('wait for both to be seen', () => {
      expect(only(sightings(of, { [svc]: watching(object) }))?.is).to.equal('unseen');
      expect(only(sightings(of, { [eps]: watching(slice) }))?.is).to.equal('unseen');
    });

    it('say which of the two may not be read', () => {
      const resource = { ...jobs, group: 'discovery.k8s.io', plural: 'endpointslices' };
      const sighting = only(sightings(of, { [svc]: watching(object), [eps]: { is: 'forbidden', resource } }));
      expect(sighting?.is === 'forbidden' && sighting.message).to.match(/may not read endpointslices: /);
    });

    it('are there too of a check that dials its name', () => {
      const all = { [svc]: watching(object), [eps]: watching() };
      expect(only(sightings(blank.dependsOn(tcp('api', 80)), all))?.is).to.equal('service');
    });
  });

  describe('of another gate', () => {
    const of = blank.dependsOn(otherGate('b'));

    it('are that gate, or its absence', () => {
      const b = gate('b');
      expect(only(sightings(of, {}, [b]))).to.deep.equal({ is: 'gate', gate: b.gate, cycle: [] });
      expect(only(sightings(of))).to.deep.equal({ is: 'absent' });
    });

    it('are not that of another namespace', () => {
      expect(only(sightings(of, {}, [gate('b').with({ namespace: 'elsewhere' })]))).to.deep.equal({
        is: 'absent',
      });
    });

    it('see the gates that wait for each other', () => {
      const others = [gate('b').dependsOn(otherGate('c')), gate('c').dependsOn(otherGate('g'))];
      expect(only(sightings(of, {}, others))).to.deep.include({ cycle: ['g', 'b', 'c', 'g'] });
    });
  });
});

import { expect } from 'chai';
import { GROUP, PLURAL } from '../../src/api/names.ts';
import type { Dependency } from '../../src/api/spec.ts';
import { dns, target } from '../core/builders.ts';
import { useAdmission } from './admission-cluster.ts';
import { denial } from './admission-denial.ts';
import { GuardedNamespace } from './guarded-namespace.ts';
import { mayPatch, type Rule, rightsOf } from './rights.ts';

const AUTHOR = 'author';
const JOBS = (...verbs: string[]): Rule => ({ apiGroups: ['batch'], resources: ['jobs'], verbs });

/** A check of the author's own, in a container of whatever Pod it gets into. */
const SPY: Partial<Dependency> = {
  name: 'spy',
  container: {
    image: 'registry.example/own:1',
    command: ['sh', '-c', 'env'],
    env: [{ name: 'DB', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
  },
};

describe('what the guards ask for', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
  let here: GuardedNamespace;
  beforeEach(async () => {
    here = await GuardedNamespace.create(cluster());
  });

  describe('where a target is a Job, into which a gate puts containers as somebody else creates it', () => {
    const gate = { targets: [target('Job/migrate')], dependencies: [SPY] };
    const DENIED = 'user "author" cannot create jobs.batch in namespace';

    it('is the right to create Jobs: patch, with which no template of a Job changes, is not enough', async () => {
      await here.grant(AUTHOR, JOBS('patch', 'get', 'update'));
      expect(await denial(here.apply(AUTHOR, gate))).to.contain(DENIED);
      await here.install(gate);
      expect(await here.denied(AUTHOR, ['delete', 'dgate', 'api-first'])).to.contain(DENIED);
    });

    it('is not the right to create one of a name, which the API server grants nobody', async () => {
      await here.grant(AUTHOR, JOBS('patch'), { ...JOBS('create'), resourceNames: ['migrate'] });
      expect(await denial(here.apply(AUTHOR, gate))).to.contain(DENIED);
    });

    it('is both, and not one of them for the other', async () => {
      await here.grant(AUTHOR, JOBS('create'));
      expect(await denial(here.apply(AUTHOR, gate))).to.contain('cannot patch jobs.batch "migrate"');
      await here.grant(AUTHOR, JOBS('patch', 'create'));
      await here.untilMay(AUTHOR, 'create', 'jobs.batch');
      expect((await here.apply(AUTHOR, gate)).stderr).to.equal('');
      await here.kubectl(['--as', AUTHOR, 'delete', 'dgate', 'api-first']);
    });

    it('is asked of 16 targets within the cost limit', async () => {
      const targets = Array.from({ length: 16 }, (_, index) => target(`Job/migrate-${index}`));
      await here.grant(AUTHOR, JOBS('patch', 'create'));
      expect((await here.apply(AUTHOR, { targets })).stderr).to.equal('');
      await here.kubectl(['--as', AUTHOR, 'delete', 'dgate', 'api-first']);
    });
  });

  describe('where a container reads a Secret', () => {
    it('is what the template of its target takes: whoever may patch that may read any there', async () => {
      await here.grant(AUTHOR, mayPatch('deployments', 'web'));
      expect((await here.apply(AUTHOR, { dependencies: [SPY] })).stderr).to.equal('');
      const other = { targets: [target('web'), target('other')], dependencies: [SPY] };
      expect(await denial(here.apply(AUTHOR, { ...other, name: 'second' }))).to.contain('"other"');
    });
  });

  describe('where a dependency names an object that the operator can read', () => {
    const resource = (apiVersion: string, kind: string, name = 'it'): Partial<Dependency> => ({
      name: 'it',
      resource: { apiVersion, kind, name, condition: { type: 'Ready' } },
    });
    const gate = (...dependencies: Partial<Dependency>[]) => ({ dependencies });
    beforeEach(() => here.grant(AUTHOR, mayPatch('deployments', 'web')));

    for (const [apiVersion, kind, right] of [
      ['v1', 'Pod', 'pods "it"'],
      ['v1', 'Service', 'services "it"'],
      ['v1', 'PersistentVolumeClaim', 'persistentvolumeclaims "it"'],
      ['apps/v1', 'Deployment', 'deployments.apps "it"'],
      ['apps/v1', 'StatefulSet', 'statefulsets.apps "it"'],
      ['apps/v1', 'DaemonSet', 'daemonsets.apps "it"'],
      ['batch/v1', 'Job', 'jobs.batch "it"'],
      ['batch/v1beta1', 'CronJob', 'cronjobs.batch "it"'],
      ['discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices.discovery.k8s.io "it"'],
    ] as const) {
      it(`is the right to get it: ${apiVersion} ${kind}`, async () => {
        expect(await denial(here.apply(AUTHOR, gate(resource(apiVersion, kind))))).to.contain(
          `user "author" cannot get ${right} in namespace "${here.name}", a dependency of gate api-first: what the gate tells of an object is for who may read it`,
        );
      });
    }

    it('is that right by name, for a change too, and nothing for what stays as it is', async () => {
      const pods = { apiGroups: [''], resources: ['pods'], resourceNames: ['it'], verbs: ['get'] };
      await here.grant(AUTHOR, mayPatch('deployments', 'web'), pods);
      expect((await here.apply(AUTHOR, gate(resource('v1', 'Pod')))).stderr).to.equal('');
      const other = gate(resource('v1', 'Pod', 'other'));
      expect(await denial(here.apply(AUTHOR, other))).to.contain('cannot get pods "other"');
      await here.install({ ...other, name: 'given' });
      const suspend = ['patch', 'dgate', 'given', '--type=merge', '--patch={"spec":{"suspend":true}}'];
      expect((await here.kubectl(['--as', AUTHOR, ...suspend])).stderr).to.equal('');
    });

    it('is the right to list the kind where it selects some by their labels', async () => {
      const matchLabels = { app: 'shop' };
      const selecting = (kind: string, apiVersion: string) =>
        gate({
          name: 'it',
          resource: { apiVersion, kind, selector: { matchLabels }, matchPod: { image: true } },
        });
      const jobs = selecting('Job', 'batch/v1');
      const mayGet = { ...JOBS('get'), resourceNames: ['it'] };
      await here.grant(AUTHOR, mayPatch('deployments', 'web'), mayGet, JOBS('get', 'watch'));
      expect(await denial(here.apply(AUTHOR, jobs))).to.contain(
        `user "author" cannot list jobs.batch in namespace "${here.name}", a dependency of gate api-first: what`,
      );
      await here.grant(AUTHOR, mayPatch('deployments', 'web'), { ...JOBS('list'), resourceNames: ['it'] });
      expect(await denial(here.apply(AUTHOR, jobs)), 'of one name').to.contain('cannot list jobs.batch');
      await here.grant(AUTHOR, mayPatch('deployments', 'web'), JOBS('list'));
      await here.untilMay(AUTHOR, 'list', 'jobs.batch');
      expect((await here.apply(AUTHOR, jobs)).stderr).to.equal('');
      expect(await denial(here.apply(AUTHOR, selecting('Pod', 'v1')))).to.contain(
        'cannot list pods in namespace',
      );
    });

    it('is the right to get another gate that it waits for', async () => {
      const blind = { apiGroups: [GROUP], resources: [PLURAL], verbs: ['create', 'patch'] };
      for (const object of rightsOf('blind', here.name, blind, mayPatch('deployments', 'web')))
        await cluster().controlPlane.apply(JSON.stringify(object));
      await here.untilMay('blind', 'patch', 'deployments.apps', 'web');
      const chained = gate({ name: 'other', gate: { name: 'other' } });
      expect(await denial(here.apply('blind', chained))).to.contain(
        'user "blind" cannot get dependencygates.dependencygate.dev "other"',
      );
      expect((await here.apply(AUTHOR, chained)).stderr).to.equal('');
    });

    it('is nothing for kinds that somebody has labelled a ClusterRole for, nor for checks of Pods', async () => {
      const custom = resource('cert-manager.io/v1', 'Certificate');
      expect((await here.apply(AUTHOR, gate(custom, dns('api')))).stderr).to.equal('');
    });

    it('is asked of 16 dependencies within the cost limit', async () => {
      const names = Array.from({ length: 16 }, (_, index) => `it-${index}`);
      const many = names.map((name) => ({ ...resource('v1', 'Pod', name), name }));
      const pods = (...resourceNames: string[]) => ({
        apiGroups: [''],
        resources: ['pods'],
        resourceNames,
        verbs: ['get'],
      });
      await here.grant(AUTHOR, mayPatch('deployments', 'web'), pods(...names.slice(0, -1)));
      expect(await denial(here.apply(AUTHOR, gate(...many)))).to.contain('cannot get pods "it-15"');
      await here.grant(AUTHOR, mayPatch('deployments', 'web'), pods(...names));
      expect((await here.apply(AUTHOR, gate(...many))).stderr).to.equal('');
    });
  });
});

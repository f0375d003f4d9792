import { expect } from 'chai';
import type { Dependency } from '../../../../src/api/spec.ts';
import type { Observation } from '../../../../src/core/model.ts';
import { dns, gate, NAMESPACE, pod, workload } from '../../../core/builders.ts';
import { about, explained, NO_SERVICE, propose, say, seenJob, seenService, steps } from '../explained.ts';

const NS = `-n ${NAMESPACE}`;

const migrate: Dependency = {
  name: 'schema',
  resource: { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' },
};
const certificate = {
  name: 'tls',
  resource: { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name: 'web' },
} satisfies Dependency;

describe('what to do where the operator evaluates', () => {
  const service: Dependency = { name: 'api', service: { name: 'api', port: 80 } };

  it('a Service that is not there, has another port, or nothing ready', () => {
    expect(say(about(service, undefined, { observation: NO_SERVICE }))).to.deep.equal([
      'api: Service api does not exist in my-namespace. Create it, or correct its name in the gate.',
    ]);
    const port: Dependency = { name: 'api', service: { name: 'api', port: 81 } };
    expect(say(about(port, undefined, { observation: seenService('api', 1) }))).to.deep.equal([
      'api: Service api has no port 81: it has 80.',
    ]);
    const none = about(service, undefined, { observation: seenService('api', 0) });
    expect(say(none)).to.deep.equal(['api: Service api has 0 of 1 ready endpoint for port 80.']);
    expect(propose(none)).to.have.length(2);
  });

  it('another gate: explain that one', () => {
    const other: Dependency = { name: 'db', gate: { name: 'db-first' } };
    const closed = gate('db-first').targets('db').dependsOn(dns('disk')).rendered();
    const all = about(other, undefined, { observation: { is: 'gate', gate: closed.gate, cycle: [] } });
    expect(say(all)).to.deep.equal(['db: gate db-first has no status yet. What that gate waits for:']);
    expect(propose(all)).to.deep.equal([`kubectl dgate explain db-first ${NS}`]);
    expect(say(about(other, undefined, { observation: { is: 'absent' } }))[0]).to.match(
      /^db: gate db-first does not exist in my-namespace\. Create it/,
    );
  });

  it('an object that is not there, and one that is not ready', () => {
    const absent = about(certificate, undefined, { observation: { is: 'absent' } });
    expect(say(absent)[0]).to.match(/^tls: Certificate web does not exist\. Create it/);
    expect(propose(absent)).to.deep.equal([`kubectl get certificate.cert-manager.io ${NS}`]);
    const object = { kind: 'Certificate', metadata: { name: 'web' }, spec: {} };
    const waits = about(certificate, undefined, {
      observation: { is: 'object', object, isNamespaced: true },
    });
    expect(propose(waits)).to.deep.equal([`kubectl describe certificate.cert-manager.io/web ${NS}`]);
    const message = 'Issuing certificate as Secret does not exist';
    const status = { conditions: [{ type: 'Ready', status: 'False', reason: 'DoesNotExist', message }] };
    const issuing: Observation = { is: 'object', object: { ...object, status }, isNamespaced: true };
    expect(say(about(certificate, undefined, { observation: issuing }))).to.deep.equal([
      `tls: Certificate web: Ready is False: DoesNotExist: ${message}.`,
    ]);
  });

  it('a kind that the API server fails to serve', () => {
    const observation = { is: 'unseen', problem: 'service unavailable' } as const;
    const all = about(certificate, undefined, { observation });
    expect(say(all)[0]).to.match(
      /^tls: Certificate web has not been looked at yet: service unavailable\. The operator goes on trying/,
    );
    expect(propose(all)).to.deep.equal(['kubectl get apiservices']);
  });

  describe('an expression', () => {
    const evaluatedBy = (expression: string) => {
      const dependency: Dependency = { name: 'tls', resource: { ...certificate.resource, expression } };
      const object = { kind: 'Certificate', metadata: { name: 'web' }, spec: { renew: false } };
      return about(dependency, undefined, {
        observation: { is: 'object', object, isNamespaced: true },
      });
    };
    const look = `kubectl get certificate.cert-manager.io/web -o yaml ${NS}`;

    it('that is false is read beside the object', () => {
      const all = evaluatedBy('object.spec.renew');
      expect(say(all)).to.deep.equal(['tls: Certificate web: the expression is false.']);
      expect(propose(all)).to.deep.equal([look]);
    });

    it('that cannot be evaluated asks for what may be missing', () => {
      const all = evaluatedBy('object.status.ready');
      expect(say(all)[0]).to.match(
        /cannot be evaluated: no such field: status\. Correct the expression, or ask with has\(\)/,
      );
      expect(propose(all)).to.deep.equal([look]);
    });

    it('that is evaluated later, since the namespace uses too much time, asks for cheaper ones', () => {
      const dependency: Dependency = {
        name: 'tls',
        resource: { ...certificate.resource, expression: 'true' },
      };
      const object = { kind: 'Certificate', metadata: { name: 'web' } };
      const all = about(dependency, undefined, {
        observation: { is: 'object', object, isNamespaced: true },
        evaluator: { check: () => undefined, evaluate: () => ({ is: 'postponed' }) },
      });
      expect(say(all)[0]).to.match(/^tls: .*more than their share.*make the expressions cheaper/);
    });

    it('that stalls the gate is told once, as what stalls it', () => {
      const all = evaluatedBy('objekt.spec.renew');
      expect(say(all)).to.deep.equal(['Stalled, InvalidExpression: Correct the expression in the gate.']);
      expect(propose(all)).to.deep.equal([`kubectl edit dgate first ${NS}`]);
    });
  });

  it('gates in a circle: told once, as what stalls the gate', () => {
    const other: Dependency = { name: 'db', gate: { name: 'db-first' } };
    const second = gate('db-first').targets('db').dependsOn(dns('disk')).rendered();
    const cycle = ['first', 'db-first', 'first'];
    const all = about(other, undefined, { observation: { is: 'gate', gate: second.gate, cycle } });
    expect(say(all)).to.have.length(1);
    expect(say(all)[0]).to.match(/^Stalled, DependencyCycle: /);
  });

  it('a kind that is not known or may not be read, even before its turn comes', () => {
    const unknown: Observation = {
      is: 'unknown kind',
      message: 'the API server knows no Certificate of cert-manager.io/v1',
    };
    const early = about(certificate, (one) => one.with({ unscheduled: 'Unschedulable' }), {
      observation: unknown,
    });
    expect(say(early)).to.have.length(1);
    const both = gate('first').targets('pinger').dependsOn(dns('api'), certificate).rendered();
    const world = explained(
      both,
      [workload('pinger').carrying(both), pod('p').of('pinger').carrying(both).checking('api')],
      { observations: { tls: unknown } },
    );
    expect(steps(world).at(-1)?.text).to.match(/^tls: the API server knows no Certificate .*Install/);
    expect(steps(world).at(-1)?.commands).to.deep.equal([
      'kubectl api-resources --api-group=cert-manager.io',
    ]);
  });

  it('a kind that the operator may not read: the commands that allow it', () => {
    const rule = { apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs: ['list', 'watch'] };
    const message = `the operator may not read certificates: create a ClusterRole labelled dependencygate.dev/aggregate-to-operator: "true" with the rule ${JSON.stringify(rule)}`;
    const all = about(certificate, undefined, { observation: { is: 'forbidden', message } });
    expect(propose(all)).to.deep.equal([
      'kubectl create clusterrole dependency-gate-certificate --verb=list,watch --resource=certificate.cert-manager.io',
      'kubectl label clusterrole dependency-gate-certificate dependencygate.dev/aggregate-to-operator=true',
    ]);
  });

  it('what it may not even ask for: its words have what to do', () => {
    const message =
      'the operator may not ask what the API server serves of cert-manager.io/v1: bind it to system:discovery';
    const all = about(certificate, undefined, { observation: { is: 'undiscoverable', message } });
    expect(all).to.deep.equal([{ text: `tls: ${message}.`, commands: [] }]);
  });

  it('a Job that failed: it heals when a new one completes, or is opened by hand', () => {
    const all = about(migrate, undefined, { observation: seenJob('migrate', 'Failed') });
    expect(say(all)[0]).to.match(/^schema: Job migrate failed.*when a new Job migrate completes\.$/);
    expect(propose(all)).to.deep.equal([
      `kubectl describe job migrate ${NS}`,
      `kubectl logs job/migrate ${NS}`,
      `kubectl delete job migrate ${NS}`,
      `kubectl patch dgate first --type=merge -p '{"spec":{"open":["schema"]}}' ${NS}`,
    ]);
  });

  it('a Job that failed and is gone: there is nothing left to be deleted or read', () => {
    const seen = seenJob('migrate', 'Failed');
    const last = seen.is === 'object' ? { last: seen.object } : {};
    const all = about(migrate, undefined, { observation: { is: 'absent', ...last } });
    expect(say(all)[0]).to.match(/^schema: Job migrate failed.*, and is gone since\. .*create the Job again/);
    expect(propose(all)[0]).to.equal(`kubectl events --for job/migrate ${NS}`);
    expect(propose(all).join()).to.not.match(/logs|delete/);
  });

  it('what is there: the kubelet is on its way', () => {
    const all = about(migrate, undefined, { observation: seenJob('migrate', 'Complete') });
    expect(say(all)[0]).to.match(/^schema is there: the kubelet brings that/);
    expect(propose(all), 'the operator does it').to.be.empty;
  });
});

import { expect } from 'chai';
import type { Dependency } from '../../src/api/spec.ts';
import type { Sighting } from '../../src/core/model.ts';
import {
  container,
  dns,
  gate,
  NAMESPACE,
  NOW,
  type PodBuilder,
  pod,
  tcp,
  workload,
} from '../core/builders.ts';
import { explained, NO_SERVICE, type Scene, seenJob, seenService, steps } from './explained.ts';

const NS = `-n ${NAMESPACE}`;

/** The steps about one dependency, of a gate of its own whose only Pod is as `as` makes it. */
function about(
  dependency: Dependency,
  as: (pod: PodBuilder) => PodBuilder = (one) => one.checking(dependency.name),
  { sighting, log, ...scene }: Scene & { sighting?: Sighting; log?: readonly string[] } = {},
) {
  const of = gate('first').targets('pinger').dependsOn(dependency).rendered();
  const around = [workload('pinger').carrying(of), as(pod('pinger-1').of('pinger').carrying(of))];
  return steps(
    explained(of, around, {
      ...(sighting && { sightings: { [dependency.name]: sighting } }),
      ...(log && { logs: { [dependency.name]: log } }),
      ...scene,
    }),
  );
}

const say = (all: ReturnType<typeof about>) => all.map(({ text }) => text);
const propose = (all: ReturnType<typeof about>) => all.flatMap(({ commands }) => commands);

const migrate: Dependency = {
  name: 'schema',
  resource: { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' },
};
const certificate: Dependency = {
  name: 'tls',
  resource: { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name: 'web' },
};

describe('what to do where a container does not run', () => {
  const page: Dependency = {
    name: 'page',
    http: {
      url: 'https://web/',
      headers: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 'token', key: 'a' } } },
        { name: 'B', valueFrom: { secretKeyRef: { name: 'token', key: 'b' } } },
      ],
      tls: { caFrom: { configMapKeyRef: { name: 'authority', key: 'ca.crt' } } },
    },
  };

  for (const reason of ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']) {
    it(`is to correct the image for ${reason}, whatever the dependency is`, () => {
      const all = about(dns('api'), (one) => one.starting('api', reason, 'not found'), {
        sighting: NO_SERVICE,
      });
      expect(say(all)[0]).to.match(
        /^api: the image registry\.example\/dependency-gate:1\.0\.0 cannot be pulled/,
      );
      expect(say(all)[0]).to.contain("the operator's --waiter-image");
      expect(propose(all)).to.deep.equal([`kubectl describe pod pinger-1 ${NS}`]);
    });
  }

  it("is to correct one's own image in the gate", () => {
    const all = about(container('own', 'x/y:1'), (one) => one.starting('own', 'ErrImagePull'));
    expect(say(all)[0]).to.match(/^own: the image x\/y:1 cannot .* Correct it in the gate/);
  });

  it('is to make the Secret or ConfigMap that the check refers to, each named once', () => {
    const all = about(page, (one) =>
      one.starting('page', 'CreateContainerConfigError', 'secret "token" not found'),
    );
    expect(say(all)[0]).to.contain('lacks the key: secret "token" not found.');
    expect(propose(all)).to.deep.equal([
      `kubectl get secret token ${NS}`,
      `kubectl get configmap authority ${NS}`,
    ]);
  });

  it('is what the kubelet says of anything else, or to wait where it says nothing', () => {
    const strange = about(dns('api'), (one) => one.starting('api', 'CreateContainerError', 'no space'));
    expect(say(strange)).to.deep.equal(['api: the container cannot start: CreateContainerError: no space.']);
    const silent = about(dns('api'), (one) => one.with({}));
    expect(say(silent)).to.deep.equal(['api: the kubelet is about to start the container.']);
  });

  it('is to read the log of a container that fails', () => {
    const all = about(container('own'), (one) => one.failed('own', { exitCode: 3 }));
    expect(say(all)[0]).to.match(/^own: its container fails and is started again/);
    expect(propose(all)).to.deep.equal([`kubectl logs pinger-1 -c dgate-first--own --previous ${NS}`]);
    const typed = about(dns('api'), (one) => one.failed('api', { exitCode: 2, message: 'unknown check' }));
    expect(say(typed)).to.deep.equal([
      'api: its container fails: exit code 2 (Error): unknown check. The image may be older than the operator.',
    ]);
  });

  it('is to give it more memory', () => {
    const killed = (name: string) => (one: PodBuilder) =>
      one.failed(name, { exitCode: 137, reason: 'OOMKilled' });
    expect(say(about(dns('api'), killed('api')))[0]).to.contain('Raise spec.waiter.resources');
    expect(say(about(container('own'), killed('own')))[0]).to.contain("Raise the container's resources");
  });

  it('is never to open it: nothing in it would see that', () => {
    const late = { overdueAfterSeconds: 1 };
    const all = about(dns('api', late), (one) => one.starting('api', 'ErrImagePull'));
    expect(say(all).join()).to.not.contain('by hand');
  });
});

describe('what to do where a check is not satisfied', () => {
  it('is to make the Service that the host names', () => {
    const all = about(dns('api'), undefined, { sighting: NO_SERVICE, log: ['waiting for api: NXDOMAIN'] });
    expect(say(all)).to.deep.equal([
      'api: Service api does not exist in my-namespace. Create it, or correct the host in the gate.',
    ]);
    expect(propose(all)).to.deep.equal([`kubectl get services ${NS}`]);
  });

  it('is to look behind a Service that has nothing ready', () => {
    const all = about(tcp('redis', 6379), undefined, {
      sighting: seenService('redis', 0),
      log: ['waiting for redis: connection refused'],
    });
    expect(say(all)).to.deep.equal(['redis: Service redis has no Pod that is ready behind it.']);
    expect(propose(all)).to.deep.equal([
      `kubectl describe service redis ${NS}`,
      `kubectl get endpointslices -l kubernetes.io/service-name=redis ${NS}`,
    ]);
  });

  it('is what the log says where the Service is as it should be', () => {
    const all = about(tcp('redis', 6379), undefined, {
      sighting: seenService('redis', 1),
      log: ['waiting for redis: NXDOMAIN', 'overdue: still waiting for redis after 5m: timeout'],
    });
    expect(say(all)[0]).to.match(/^redis: timeout: no answer: a network policy/);
    expect(propose(all)).to.have.length(2);
  });

  it('is to compare where neither says more', () => {
    const all = about(dns('api'), undefined, { sighting: seenService('api', 1) });
    expect(say(all)).to.deep.equal([
      'api: Service api has 1 ready endpoint, and the check is not satisfied yet.',
    ]);
  });

  for (const [answer, meaning] of [
    ['NXDOMAIN', /the name does not exist where the Pod asks/],
    ['no data', /without an address/],
    ['SERVFAIL', /upstream/],
    ['REFUSED', /does not answer such questions/],
    ['no name server reachable', /cluster DNS/],
    ['connection refused', /nobody listens/],
    ['no route to host', /no way from the Pod/],
    ['HTTP 503', /a status that does not satisfy/],
    ['not an HTTP response', /something else listens/],
    ['not a TLS response', /something else listens/],
    ['self-signed certificate', /tls\.caFrom/],
    ['NOT_SERVING', /not ready/],
    ['SERVICE_UNKNOWN', /grpc\.service/],
    ['gRPC UNIMPLEMENTED', /grpc\.health/],
  ] as const) {
    it(`means something for ${answer}, of a host outside of the namespace`, () => {
      const far = { name: 'far', tcp: { host: 'api.elsewhere', port: 80 } };
      const [text = ''] = say(about(far, undefined, { log: [`waiting for far: ${answer}`] }));
      expect(text)
        .to.match(new RegExp(`^far: ${answer}: `))
        .and.to.match(meaning);
    });
  }

  it('is the answer alone where nobody knows what it means', () => {
    const far = { name: 'far', tcp: { host: 'api.elsewhere', port: 80 } };
    expect(say(about(far, undefined, { log: ['waiting for far: EWHATEVER'] }))).to.deep.equal([
      'far: EWHATEVER.',
    ]);
  });

  it('is to read the log where it could not be read, or does not tell', () => {
    const far = { name: 'far', tcp: { host: 'api.elsewhere', port: 80 } };
    const command = `kubectl logs pinger-1 -c dgate-first--far ${NS}`;
    expect(propose(about(far))).to.deep.equal([command]);
    const logs = new Map([['far', { pod: 'pinger-1', lines: { unread: 'no', forbidden: true } }]]);
    expect(propose(about(far, undefined, { explain: { logs } }))).to.deep.equal([command]);
    expect(propose(about(far, undefined, { log: ['something else'] }))).to.deep.equal([command]);
  });

  it("is to read the log of one's own container", () => {
    const all = about(container('own'));
    expect(propose(all)).to.deep.equal([`kubectl logs pinger-1 -c dgate-first--own ${NS}`]);
  });
});

describe('what to do where the operator judges', () => {
  const service: Dependency = { name: 'api', service: { name: 'api', port: 80 } };

  it('a Service that is not there, has another port, or nothing ready', () => {
    expect(say(about(service, undefined, { sighting: NO_SERVICE }))).to.deep.equal([
      'api: Service api does not exist in my-namespace. Create it, or correct its name in the gate.',
    ]);
    const port: Dependency = { name: 'api', service: { name: 'api', port: 81 } };
    expect(say(about(port, undefined, { sighting: seenService('api', 1) }))).to.deep.equal([
      'api: Service api has no port 81: it has 80.',
    ]);
    const none = about(service, undefined, { sighting: seenService('api', 0) });
    expect(say(none)).to.deep.equal(['api: Service api has 0 of 1 ready endpoint for port 80.']);
    expect(propose(none)).to.have.length(2);
  });

  it('another gate: explain that one', () => {
    const other: Dependency = { name: 'db', gate: { name: 'db-first' } };
    const closed = gate('db-first').targets('db').dependsOn(dns('disk')).rendered();
    const all = about(other, undefined, { sighting: { is: 'gate', gate: closed.gate, cycle: [] } });
    expect(say(all)).to.deep.equal(['db: gate db-first has no status yet. What that gate waits for:']);
    expect(propose(all)).to.deep.equal([`kubectl dgate explain db-first ${NS}`]);
    expect(say(about(other, undefined, { sighting: { is: 'absent' } }))[0]).to.match(
      /^db: gate db-first does not exist in my-namespace\. Create it/,
    );
  });

  it('an object that is not there, and one that is not ready', () => {
    const absent = about(certificate, undefined, { sighting: { is: 'absent' } });
    expect(say(absent)[0]).to.match(/^tls: Certificate web does not exist\. Create it/);
    expect(propose(absent)).to.deep.equal([`kubectl get certificate.cert-manager.io ${NS}`]);
    const object = { kind: 'Certificate', metadata: { name: 'web' }, spec: {} };
    const waits = about(certificate, undefined, { sighting: { is: 'object', object, isNamespaced: true } });
    expect(propose(waits)).to.deep.equal([`kubectl describe certificate.cert-manager.io/web ${NS}`]);
  });

  it('a kind that is not known or may not be read, even before its turn comes', () => {
    const unknown: Sighting = {
      is: 'unknown kind',
      message: 'the API server knows no Certificate of cert-manager.io/v1',
    };
    const early = about(certificate, (one) => one.with({ unscheduled: 'Unschedulable' }), {
      sighting: unknown,
    });
    expect(say(early)).to.have.length(1);
    const both = gate('first').targets('pinger').dependsOn(dns('api'), certificate).rendered();
    const world = explained(
      both,
      [workload('pinger').carrying(both), pod('p').of('pinger').carrying(both).checking('api')],
      { sightings: { tls: unknown } },
    );
    expect(steps(world).at(-1)?.text).to.match(/^tls: the API server knows no Certificate .*Install/);
    expect(steps(world).at(-1)?.commands).to.deep.equal([
      'kubectl api-resources --api-group=cert-manager.io',
    ]);
  });

  it('a kind that the operator may not read: the commands that allow it', () => {
    const rule = { apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs: ['list', 'watch'] };
    const message = `the operator may not read certificates: create a ClusterRole labelled dependencygate.dev/aggregate-to-operator: "true" with the rule ${JSON.stringify(rule)}`;
    const all = about(certificate, undefined, { sighting: { is: 'forbidden', message } });
    expect(propose(all)).to.deep.equal([
      'kubectl create clusterrole dependency-gate-read-certificates --verb=list,watch --resource=certificates.cert-manager.io',
      'kubectl label clusterrole dependency-gate-read-certificates dependencygate.dev/aggregate-to-operator=true',
    ]);
  });

  it('a Job that failed: it heals when a new one completes, or is opened by hand', () => {
    const all = about(migrate, undefined, { sighting: seenJob('migrate', 'Failed') });
    expect(say(all)[0]).to.match(/^schema: Job migrate failed.*when a new Job migrate completes\.$/);
    expect(propose(all)).to.deep.equal([
      `kubectl describe job migrate ${NS}`,
      `kubectl logs job/migrate ${NS}`,
      `kubectl delete job migrate ${NS}`,
      `kubectl patch dgate first --type=merge -p '{"spec":{"open":["schema"]}}' ${NS}`,
    ]);
  });

  it('what is there: the kubelet is on its way', () => {
    const all = about(migrate, undefined, { sighting: seenJob('migrate', 'Complete') });
    expect(say(all)[0]).to.match(/^schema is there: the kubelet brings that/);
    expect(propose(all), 'the operator does it').to.be.empty;
  });
});

describe('opening by hand', () => {
  const late = { overdueAfterSeconds: 30 };

  it('is offered for what is overdue, last', () => {
    const all = about(dns('api', late), undefined, { sighting: NO_SERVICE });
    expect(say(all)).to.have.length(2);
    expect(say(all)[1]).to.match(/^If the Pods must start without api now, open it by hand/);
    expect(all[1]?.commands).to.deep.equal([
      `kubectl patch dgate first --type=merge -p '{"spec":{"open":["api"]}}' ${NS}`,
    ]);
  });

  it('keeps what is open already', () => {
    const of = gate('first').targets('pinger').dependsOn(dns('db'), dns('api', late)).rendered();
    const open = of.specifying({ open: ['db'] });
    const waiting = pod('p').of('pinger').carrying(of).passed('db', '2026-01-01T11:00:00Z').checking('api');
    const all = steps(explained(open, [workload('pinger').carrying(of), waiting]));
    expect(all.flatMap(({ commands }) => commands)).to.include(
      `kubectl patch dgate first --type=merge -p '{"spec":{"open":["db","api"]}}' ${NS}`,
    );
  });

  it('is not offered for what waits in time, nor for what was opened', () => {
    expect(say(about(dns('api'), undefined, { sighting: NO_SERVICE }))).to.have.length(1);
    const opened = about(dns('api', late), (one) => one.opened('api').checking('api'));
    expect(say(opened)).to.have.length(1);
    expect(say(opened)[0]).to.match(/^api was opened: the kubelet/);
    expect(propose(opened), 'the operator writes it again').to.be.empty;
  });

  it('by an annotation is repeated with another value', () => {
    const annotation = 'open.dependencygate.dev/first.api';
    const opened = about(dns('api'), (one) =>
      one
        .opened('api')
        .checking('api')
        .with({ writtenByOthers: [annotation] }),
    );
    expect(propose(opened)).to.deep.equal([
      `kubectl annotate pod pinger-1 --overwrite ${annotation}=${NOW} ${NS}`,
    ]);
  });
});

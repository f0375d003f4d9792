import { expect } from 'chai';
import type { Dependency } from '../../../../src/api/spec.ts';
import {
  container,
  dns,
  gate,
  NAMESPACE,
  NOW,
  type PodBuilder,
  pod,
  workload,
} from '../../../core/builders.ts';
import { about, explained, NO_SERVICE, propose, say, steps } from '../explained.ts';

const NS = `-n ${NAMESPACE}`;

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
        observation: NO_SERVICE,
      });
      expect(say(all)[0]).to.match(
        /^api: the image registry\.example\/dependency-gate:1\.0\.0 cannot be pulled/,
      );
      expect(say(all)[0]).to.contain("the operator's own Pod, its --waiter-image");
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
    expect(propose(all)).to.deep.equal([`kubectl get secret token ${NS}`]);
  });

  it("is to make what one's own container refers to", () => {
    const key = { name: 'settings', key: 'url' };
    const env = [
      { name: 'A', valueFrom: { configMapKeyRef: key } },
      { name: 'B', valueFrom: { secretKeyRef: { ...key, name: 'token' } } },
      { name: 'C', valueFrom: { configMapKeyRef: { ...key, key: 'user' } } },
      { name: 'D', value: 'd' },
    ];
    const own: Dependency = { name: 'own', container: { image: 'x:1', env } };
    const message = 'configmap "settings" not found';
    const all = about(own, (one) => one.starting('own', 'CreateContainerConfigError', message));
    expect(propose(all)).to.deep.equal([
      `kubectl get secret token ${NS}`,
      `kubectl get configmap settings ${NS}`,
    ]);
  });

  it('is to make the Secret or ConfigMap that an address comes from, or to correct what it holds', () => {
    const hostFrom = { secretKeyRef: { name: 'db', key: 'host' } };
    const portFrom = { configMapKeyRef: { name: 'settings', key: 'port' } };
    const db: Dependency = { name: 'db', tcp: { hostFrom, portFrom } };
    const missing = about(db, (one) =>
      one.starting('db', 'CreateContainerConfigError', 'secret "db" not found'),
    );
    expect(propose(missing)).to.deep.equal([
      `kubectl get secret db ${NS}`,
      `kubectl get configmap settings ${NS}`,
    ]);
    const message = 'key host of Secret db holds no host: a name or an IP address, and no port with it';
    const [said = ''] = say(about(db, (one) => one.failed('db', { exitCode: 2, message })));
    expect(said)
      .to.contain(message)
      .and.to.contain('Correct it there')
      .and.not.to.contain('image may be older');
  });

  it('is what the kubelet says of anything else, or to wait where it says nothing', () => {
    const strange = about(dns('api'), (one) => one.starting('api', 'CreateContainerError', 'no space'));
    expect(say(strange)).to.deep.equal([
      'api: the container cannot start: CreateContainerError: no space. The kubelet tries again by itself, with growing pauses.',
    ]);
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

  it('is to give it more memory also while it runs again: it will be killed again', () => {
    const again = (one: PodBuilder) =>
      one.checking('api', { exitCode: 137, reason: 'OOMKilled', restarts: 3 });
    expect(say(about(dns('api'), again, { observation: NO_SERVICE }))[0]).to.contain(
      'Raise spec.waiter.resources',
    );
    const service: Dependency = { name: 'api', service: { name: 'api' } };
    expect(say(about(service, again, { observation: NO_SERVICE }))[0]).to.contain(
      'Raise spec.waiter.resources',
    );
    const rebooted = (one: PodBuilder) =>
      one.checking('api', { exitCode: 255, reason: 'Unknown', restarts: 1 });
    expect(say(about(dns('api'), rebooted, { observation: NO_SERVICE }))[0]).to.contain(
      'Service api does not exist',
    );
  });

  const starts: readonly [string, string, RegExp][] = [
    [
      'StartError',
      'failed to create containerd task: exec /waiter: argument list too long: unknown',
      /128 KiB/,
    ],
    ['StartError', 'exec /waiter: exec format error', /another architecture/],
    [
      'ContainerCannotRun',
      'exec: "/waiter": stat /waiter: no such file or directory',
      /does not have the program/,
    ],
    [
      'StartError',
      'error mounting: device busy',
      /cannot start: exit code 128 .* device busy\. The kubelet tries/,
    ],
  ];
  for (const [reason, message, says] of starts) {
    it(`is to know why its program cannot be started: ${message}`, () => {
      const all = about(dns('api'), (one) => one.failed('api', { exitCode: 128, reason, message }));
      expect(say(all)[0])
        .to.match(/^api: the container cannot start: /)
        .and.to.match(says);
      expect(say(all)[0]).to.contain(message);
      expect(propose(all)).to.deep.equal([`kubectl describe pod pinger-1 ${NS}`]);
    });
  }

  it('is not to look for a Secret where the user id is what is wrong', () => {
    const words = 'container has runAsNonRoot and image will run as root';
    const all = about(dns('api'), (one) => one.starting('api', 'CreateContainerConfigError', words));
    expect(say(all)[0]).to.match(/^api: the container cannot start: the Pod may not run as root/);
  });

  it('is to look at the node where it was killed from outside, and at its log for all else', () => {
    const ended = (exitCode: number) =>
      about(dns('api'), (one) => one.failed('api', { exitCode, message: 'gone' }));
    expect(say(ended(137))[0]).to.match(/exit code 137 \(Error\): gone\. It was killed from outside/);
    expect(say(ended(1))).to.deep.equal(['api: its container fails: exit code 1 (Error): gone.']);
    expect(propose(ended(1))).to.deep.equal([`kubectl logs pinger-1 -c dgate-first--api --previous ${NS}`]);
  });

  it('is never to open it: nothing in it would see that', () => {
    const late = { overdueAfterSeconds: 1 };
    const all = about(dns('api', late), (one) => one.starting('api', 'ErrImagePull'));
    expect(say(all).join()).to.not.contain('by hand');
  });
});

describe('opening by hand', () => {
  const late = { overdueAfterSeconds: 30 };

  it('is offered for what is overdue, last', () => {
    const all = about(dns('api', late), undefined, { observation: NO_SERVICE });
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
    expect(say(about(dns('api'), undefined, { observation: NO_SERVICE }))).to.have.length(1);
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
        .with({ writtenByOthers: { [annotation]: '2026-01-01T00:00:00Z' } }),
    );
    expect(propose(opened)).to.deep.equal([
      `kubectl annotate pod pinger-1 --overwrite ${annotation}=${NOW} ${NS}`,
    ]);
  });
});

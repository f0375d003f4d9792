import { expect } from 'chai';
import { renderSchema } from '../../../src/api/rendered.ts';
import { type Dependency, specSchema } from '../../../src/api/spec.ts';
import { hasUserContainer, render, renderHash } from '../../../src/core/render/render.ts';
import { container, dns, gate, SETTINGS, tcp } from '../builders.ts';
import { database, jobDone, otherGate, service } from '../evaluated-builders.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379));
const EVERY_TIMING = {
  periodSeconds: 3,
  timeoutSeconds: 4,
  successThreshold: 2,
  overdueAfterSeconds: 60,
  onOverdue: 'Open',
} as const;
const HTTP: NonNullable<Dependency['http']> = {
  url: 'https://web/',
  headers: [{ name: 'A', value: 'b' }],
  status: [200],
  tls: { insecureSkipVerify: true },
};
const GRPC = { host: 'rpc', port: 1, service: 's', tls: {} };

describe('render', () => {
  it('makes one init container of each dependency, in order, named after the gate and the dependency', () => {
    const names = render('api-first', apiFirst.spec, SETTINGS).initContainers.map(({ name }) => name);
    expect(names).to.deep.equal(['dgate-api-first--api', 'dgate-api-first--redis']);
  });

  it('gives the waiter what the restricted Pod security standard and quotas ask for, and its arguments only', () => {
    const [first] = render('api-first', apiFirst.spec, SETTINGS).initContainers;
    expect(first).to.deep.equal({
      name: 'dgate-api-first--api',
      image: 'registry.example/dependency-gate:1.0.0',
      args: [
        ...['wait', 'dns', 'api', '--name=api', '--open-key=open.dependencygate.dev/api-first.api'],
        '--annotations-file=/var/run/dependency-gate/annotations',
      ],
      resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '100m', memory: '96Mi' } },
      securityContext: {
        runAsUser: 65532,
        runAsGroup: 65532,
        runAsNonRoot: true,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      volumeMounts: [
        { name: 'dgate-api-first', mountPath: '/var/run/dependency-gate', readOnly: true },
        {
          name: 'dgate-api-first',
          mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
          readOnly: true,
        },
      ],
    });
  });

  const annotations = {
    downwardAPI: { items: [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }] },
  };

  it("shows the waiter its Pod's annotations, through the gate's volume", () => {
    expect(render('api-first', apiFirst.spec, SETTINGS).volumes).to.deep.equal([
      { name: 'dgate-api-first', projected: { sources: [annotations] } },
    ]);
  });

  it('has each CA bundle in that volume once, and no Pod wait for one that is missing', () => {
    const trusting = (name: string, configMap: string, key: string): Dependency => {
      const tls = { caFrom: { configMapKeyRef: { name: configMap, key } } };
      return name < 'c'
        ? { name, http: { url: 'https://web/', tls } }
        : { name, grpc: { host: 'web', port: 1, tls } };
    };
    const { spec } = apiFirst.dependsOn(
      trusting('a', 'trust', 'ca.crt'),
      trusting('b', 'other', 'ca.crt'),
      trusting('c', 'trust', 'ca.crt'),
      trusting('d', 'trust', 'more.pem'),
    );
    const [volume] = render('api-first', spec, SETTINGS).volumes;
    const item = (configMap: string, key: string) => ({ key, path: `configmap/${configMap}/${key}` });
    expect(volume?.projected.sources).to.deep.equal([
      annotations,
      {
        configMap: {
          name: 'trust',
          items: [item('trust', 'ca.crt'), item('trust', 'more.pem')],
          optional: true,
        },
      },
      { configMap: { name: 'other', items: [item('other', 'ca.crt')], optional: true } },
    ]);
  });

  it('has the keys of a Secret in it once, those of a client certificate and of what it trusts', () => {
    const secretRef = { name: 'client' };
    const own = { caFrom: { secretKeyRef: { name: 'client', key: 'ca.crt' } } };
    const { spec } = apiFirst.dependsOn(
      { name: 'a', http: { url: 'https://web/', tls: { ...own, clientCertificateFrom: { secretRef } } } },
      { name: 'b', grpc: { host: 'rpc', port: 1, tls: { clientCertificateFrom: { secretRef } } } },
    );
    const item = (key: string) => ({ key, path: `secret/client/${key}` });
    const items = [item('ca.crt'), item('tls.crt'), item('tls.key')];
    expect(render('api-first', spec, SETTINGS).volumes[0]?.projected.sources).to.deep.equal([
      annotations,
      { secret: { name: 'client', items, optional: true } },
    ]);
  });

  it('gives the longest names of gates and objects a volume that the status and Kubernetes take', () => {
    const gateName = 'g'.repeat(54);
    const reference = { name: 'n'.repeat(253), key: 'k'.repeat(253) };
    const spec = specSchema.parse({
      targets: [{ name: 'pinger' }],
      dependencies: Array.from({ length: 16 }, (_, index) => ({
        name: String.fromCharCode(97 + index),
        grpc: {
          ...{ host: 'x', port: 1 },
          tls: {
            caFrom: { configMapKeyRef: { ...reference, name: reference.name.slice(index) } },
            clientCertificateFrom: { secretRef: { name: reference.name.slice(index) } },
          },
        },
      })),
    });
    const rendered = render(gateName, spec, SETTINGS);
    expect(renderSchema.parse(rendered)).to.deep.equal(rendered);
    expect(rendered.volumes[0]?.name).to.have.length.at.most(63);
  });

  it('leaves the user id to the cluster where the settings have none', () => {
    const [first] = render('api-first', apiFirst.spec, { ...SETTINGS, runAsUser: undefined }).initContainers;
    expect(first?.securityContext).not.to.have.any.keys('runAsUser', 'runAsGroup');
    expect(first?.securityContext).to.include({ runAsNonRoot: true });
  });

  it('takes image, pull policy and resources from the spec, else from the settings', () => {
    const settings = { ...SETTINGS, waiterImagePullPolicy: 'Always' } as const;
    const resources = { limits: { memory: '64Mi' } };
    const waiter = { image: 'mirror/waiter:2', imagePullPolicy: 'Never', resources } as const;
    const [plain] = render('api-first', apiFirst.spec, settings).initContainers;
    const [special] = render('api-first', apiFirst.specifying({ waiter }).spec, settings).initContainers;
    expect(plain).to.include({ image: SETTINGS.waiterImage, imagePullPolicy: 'Always' });
    expect(special).to.deep.include({ image: 'mirror/waiter:2', imagePullPolicy: 'Never', resources });
  });

  it('takes the user id from the spec, else from the settings, and is another render for another one', () => {
    const as = (runAsUser: number) => apiFirst.specifying({ waiter: { runAsUser } }).spec;
    const { hash, initContainers } = render('api-first', as(1337), SETTINGS);
    expect(initContainers[0]?.securityContext).to.include({ runAsUser: 1337, runAsGroup: 1337 });
    expect(initContainers[0]?.securityContext).to.include({ runAsNonRoot: true });
    const left = render('api-first', as(1337), { ...SETTINGS, runAsUser: undefined });
    expect(left.initContainers).to.deep.equal(initContainers);
    expect([apiFirst.spec, as(1338)].map(renderHash)).not.to.include(hash);
  });

  it("places a user's own container as it was written, and adds nothing to it", () => {
    const settings: NonNullable<Dependency['container']> = {
      image: 'busybox',
      imagePullPolicy: 'IfNotPresent',
      command: ['sh', '-c', 'until test -n "$(dig +short $HOST)"; do sleep 1; done'],
      args: ['$(HOST)'],
      env: [{ name: 'HOST', value: 'api' }],
      workingDir: '/tmp',
      resources: { requests: { cpu: '10m' } },
      securityContext: { runAsUser: 1000, capabilities: { drop: ['ALL'] } },
    };
    const { spec } = apiFirst.dependsOn({ name: 'own', container: settings });
    expect(render('api-first', spec, SETTINGS).initContainers).to.deep.equal([
      { name: 'dgate-api-first--own', ...settings },
    ]);
  });

  it('results in what the strict schema of the status lets through', () => {
    const header = { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } };
    const spec = specSchema.parse({
      targets: [{ name: 'pinger' }],
      dependencies: [
        dns('api'),
        { name: 'web', http: { url: 'https://web/', headers: [header], status: [200] } },
        {
          name: 'rpc',
          grpc: { host: 'rpc', port: 1, tls: { caFrom: { configMapKeyRef: { name: 'c', key: 'k' } } } },
        },
        container('own'),
      ],
    });
    const rendered = render('api-first', spec, { ...SETTINGS, waiterImagePullPolicy: 'Always' });
    expect(renderSchema.parse(rendered)).to.deep.equal(rendered);
  });
});

describe('renderHash', () => {
  const hash = renderHash(apiFirst.spec);

  it('depends on nothing but dependencies, defaults and waiter', () => {
    const elsewhere = apiFirst.targets('StatefulSet/db', 'poller').suspended();
    expect(renderHash(elsewhere.spec)).to.equal(hash);
  });

  const changes = {
    'another dependency': apiFirst.dependsOn(dns('api'), tcp('redis', 6380)),
    'another order': apiFirst.dependsOn(tcp('redis', 6379), dns('api')),
    'a timing': apiFirst.dependsOn(dns('api', { periodSeconds: 3 }), tcp('redis', 6379)),
    'other defaults': apiFirst.defaults({ periodSeconds: 3 }),
    'another waiter': apiFirst.specifying({ waiter: { image: 'mirror/waiter:2' } }),
  };
  for (const [what, changed] of Object.entries(changes)) {
    it(`changes with ${what}`, () => {
      expect(renderHash(changed.spec)).not.to.equal(hash);
    });
  }

  it('does not depend on the order in which fields were written', () => {
    const written = apiFirst.dependsOn({ dns: { host: 'api' }, name: 'api' }, tcp('redis', 6379));
    expect(renderHash(written.spec)).to.equal(hash);
  });

  it('is the same in every render, whatever the settings: an upgrade of the operator rolls nobody', () => {
    const upgraded = {
      waiterImage: 'other:2',
      waiterImagePullPolicy: 'Always',
      runAsUser: undefined,
    } as const;
    expect(render('api-first', apiFirst.spec, upgraded).hash).to.equal(hash);
  });

  const kept: Readonly<Record<string, [typeof apiFirst, string]>> = {
    'two dependencies': [apiFirst, 'c10ee3d7c3f6aaca'],
    defaults: [apiFirst.defaults({ periodSeconds: 3, overdueAfterSeconds: 60 }), '1e258b340f1ce36a'],
    'empty defaults': [apiFirst.dependsOn(dns('api')).defaults({}), 'b290df5c9499f051'],
    'every timing': [apiFirst.dependsOn(dns('api', EVERY_TIMING)), 'fa47f82798053448'],
    http: [apiFirst.dependsOn({ name: 'web', http: HTTP }), 'e28f737d7fd6cb7a'],
    grpc: [apiFirst.dependsOn({ name: 'rpc', grpc: GRPC }), 'd6b9d632ed4f37c7'],
    "a user's container": [
      apiFirst
        .dependsOn({ name: 'own', container: { image: 'busybox', command: ['true'] } })
        .defaults({ periodSeconds: 3 }),
      'aa1cdc230e50390e',
    ],
    'a waiter': [
      apiFirst
        .dependsOn(dns('api'))
        .specifying({ waiter: { image: 'mirror/waiter:2', imagePullPolicy: 'Never' } }),
      '7abec56630364b38',
    ],
  };
  for (const [what, [of, was]] of Object.entries(kept)) {
    it(`stays what it was in the first release, with ${what}: a change would roll every target of every user`, () => {
      expect(renderHash(of.spec)).to.equal(was);
    });
  }
});

describe('renderHash, of what the operator evaluates', () => {
  const of = (...dependencies: Dependency[]) =>
    gate('g')
      .targets('pinger')
      .dependsOn(...dependencies);
  const hashOf = (builder: typeof apiFirst) => renderHash(builder.spec);
  const named = (dependency: Dependency): Dependency => ({ ...dependency, name: 'it' });
  const hash = hashOf(of(named(service('api'))));

  const same: Readonly<Record<string, Dependency>> = {
    'another Service': service('other'),
    'a port and more endpoints': service('api', { port: 80, minReady: 3 }),
    'a Job': jobDone('migrate'),
    'a condition': database('db', { condition: { type: 'Ready', status: 'False' } }),
    'an expression': database('db', { expression: 'object.status.phase == "Ready"' }),
    'another gate': otherGate('db-first'),
  };
  for (const [what, dependency] of Object.entries(same)) {
    it(`is the same with ${what}: the waiter only waits to be opened`, () => {
      expect(hashOf(of(named(dependency)))).to.equal(hash);
    });
  }

  it('is not that of a check that the waiter makes, since it begins to try or ceases to', () => {
    expect(hashOf(of(dns('it')))).not.to.equal(hash);
  });

  it('changes with the name, the order and what the waiter knows of time', () => {
    const [a, b] = [service('a'), service('b')];
    const late = { ...named(service('api')), overdueAfterSeconds: 60 };
    const open = { ...named(service('api')), onOverdue: 'Open' } as const;
    const hashes = [of(a, b), of(b, a), of(a), of(late), of(open)].map(hashOf);
    expect(new Set([...hashes, hash])).to.have.property('size', 6);
  });

  it('does not change with defaults for attempts, since none are made', () => {
    const one = of(named(service('api')));
    expect(hashOf(one.defaults({ periodSeconds: 3, timeoutSeconds: 4, successThreshold: 2 }))).to.equal(hash);
    expect(hashOf(one.defaults({}))).to.equal(hash);
    expect(hashOf(one.defaults({ overdueAfterSeconds: 60 }))).not.to.equal(hash);
    expect(hashOf(one.defaults({ onOverdue: 'Open' }))).not.to.equal(hash);
  });

  it('changes with them beside a check that makes some', () => {
    const mixed = of(service('api'), dns('db'));
    expect(hashOf(mixed.defaults({ periodSeconds: 3 }))).not.to.equal(hashOf(mixed));
  });

  it('stays what it is from release to release', () => {
    expect(hash).to.equal('0e5622e3fa00f63b');
  });

  it('is of the same containers, whatever they are evaluated by', () => {
    const rendered = (one: Dependency) => render('g', of(named(one)).spec, SETTINGS).initContainers;
    for (const one of Object.values(same)) expect(rendered(one)).to.deep.equal(rendered(service('api')));
    expect(rendered(service('api'))[0]?.args).to.deep.equal([
      ...['wait', 'opened', '--name=it', '--open-key=open.dependencygate.dev/g.it'],
      '--annotations-file=/var/run/dependency-gate/annotations',
    ]);
  });
});

describe('hasUserContainer', () => {
  it("is true only where a dependency is a user's own container", () => {
    expect(hasUserContainer(apiFirst.spec)).to.equal(false);
    expect(hasUserContainer(apiFirst.dependsOn(dns('api'), container('own')).spec)).to.equal(true);
  });
});

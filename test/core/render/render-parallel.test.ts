import { expect } from 'chai';
import { renderSchema } from '../../../src/api/rendered.ts';
import { type Dependency, MAX_DEPENDENCIES } from '../../../src/api/spec.ts';
import { wantedContainers } from '../../../src/core/render/contents.ts';
import { isRenderOf, render, renderHash, waiterImageOf } from '../../../src/core/render/render.ts';
import { container, dns, gate, SETTINGS, tcp } from '../builders.ts';
import { service } from '../evaluated-builders.ts';

const one = gate('first').dependsOn(dns('api'), container('own'), tcp('redis', 6379), service('db'));
const parallel = one.specifying({ order: 'Parallel' });
const rendered = render('first', parallel.spec, SETTINGS);

describe('render of a gate with order: Parallel', () => {
  it('has one container for all that the waiter waits for, and behind it each of the user’s own', () => {
    expect(rendered.initContainers.map(({ name }) => name)).to.deep.equal([
      'dgate-first--all',
      'dgate-first--own',
    ]);
  });

  it('gives that one what opens all, and then of each dependency what its own container would have', () => {
    const alone = render('first', one.spec, SETTINGS).initContainers;
    const [api, , redis, db] = alone.map(({ args = [] }) => ['--', ...args.slice(1)]);
    expect(rendered.initContainers[0]?.args).to.deep.equal([
      ...['wait', 'all', '--open-key=open.dependencygate.dev/first.all'],
      '--annotations-file=/var/run/dependency-gate/annotations',
      ...[api, redis, db].flatMap((args) => args ?? []),
    ]);
  });

  it('leaves all else of that container, and the volume, as they are', () => {
    const { args: _, name: __, ...rest } = rendered.initContainers[0] ?? {};
    const { args, name, ...alone } = render('first', one.spec, SETTINGS).initContainers[0] ?? {};
    expect(rest).to.deep.equal(alone);
    expect(rendered.volumes).to.deep.equal(render('first', one.spec, SETTINGS).volumes);
  });

  it('tells the variables of its dependencies apart', () => {
    const secretKeyRef = { name: 'token', key: 'value' };
    const headers = [{ name: 'A', valueFrom: { secretKeyRef } }];
    const http = { urlFrom: { secretKeyRef }, headers };
    const { spec } = parallel.dependsOn({ name: 'a-1', http }, { name: 'b', http });
    const { args = [], env = [] } = render('first', spec, SETTINGS).initContainers[0] ?? {};
    const names = ['DGATE_URL_A_1', 'DGATE_HEADER_0_A_1', 'DGATE_URL_B', 'DGATE_HEADER_0_B'];
    expect(env.map(({ name }) => name)).to.deep.equal(names);
    for (const name of names) expect(args.filter((arg) => arg.includes(`=${name}`))).to.have.length(1);
  });

  it('is told which dependencies it waits for, of a container in a template or Pod as well', () => {
    const [shared, own] = wantedContainers(rendered.initContainers);
    expect(shared?.waitsFor).to.deep.equal(['api', 'redis', 'db']);
    expect(own).not.to.have.property('waitsFor');
  });

  it('is known again as that of its spec, by whichever settings it was made with', () => {
    const settings = { waiterImage: 'other:2', waiterImagePullPolicy: 'Always', runAsUser: 1 } as const;
    const stored = render('first', parallel.spec, settings);
    expect(waiterImageOf(stored, parallel.spec)).to.equal('other:2');
    expect(isRenderOf(stored, 'first', parallel.spec)).to.equal(true);
    expect(isRenderOf(stored, 'first', one.spec)).to.equal(false);
  });

  it('has only the user’s own containers where there are no others', () => {
    const { spec } = parallel.dependsOn(container('own'));
    expect(render('first', spec, SETTINGS).initContainers.map(({ name }) => name)).to.deep.equal([
      'dgate-first--own',
    ]);
  });

  it('fits into the status where each dependency has all that there is', () => {
    const secretKeyRef = { name: 'token', key: 'value' };
    const clientCertificateFrom = { secretRef: { name: 'client' } };
    const caFrom = { secretKeyRef };
    const http: Dependency['http'] = {
      urlFrom: { secretKeyRef },
      method: 'POST',
      headers: Array.from({ length: 16 }, (_, index) => ({ name: `H${index}`, valueFrom: { secretKeyRef } })),
      status: [200],
      tls: { caFrom, clientCertificateFrom, serverName: 'web' },
    };
    const timing = { periodSeconds: 3, timeoutSeconds: 4, successThreshold: 2 };
    const overdue = { overdueAfterSeconds: 60, onOverdue: 'Open' } as const;
    const all = Array.from({ length: MAX_DEPENDENCIES }, (_, index) => ({
      ...{ name: `d${index}`, http },
      ...timing,
      ...overdue,
    }));
    const made = render('first', parallel.dependsOn(...all).spec, SETTINGS);
    expect(renderSchema.parse(made)).to.deep.equal(made);
  });
});

describe('renderHash', () => {
  it('is the same for a spec without order and with Sequential, and another one with Parallel', () => {
    const sequential = one.specifying({ order: 'Sequential' });
    expect(renderHash(sequential.spec)).to.equal(renderHash(one.spec));
    expect(renderHash(parallel.spec)).not.to.equal(renderHash(one.spec));
  });
});

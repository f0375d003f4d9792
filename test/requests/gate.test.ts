import { expect } from 'chai';
import { z } from 'zod';
import { makeAvailable } from '../scenarios/available.ts';
import { deployment, dns, gate, service } from '../scenarios/manifests.ts';
import { brief, form, untilKept, useFixture } from './fixture.ts';

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const MANAGER = 'fieldManager=dependency-gate-operator';
const FINALIZER = 'dependencygate.dev/remove';
const STATUS = 'PATCH dependencygates/api-first/status';

const statusBody = z.object({
  metadata: z.strictObject({ resourceVersion: z.string() }),
  status: z.looseObject({}),
});

describe('the requests for a gate', function () {
  this.timeout(60_000);
  const { cluster, here, requests, findings, events, forget, sentinel } = useFixture();

  /** Counts the changes that the operator can see, from now on. */
  function countChanges(): { readonly count: number; stop(): void } {
    const abort = new AbortController();
    let count = 0;
    for (const kind of ['Deployment', 'Pod']) {
      const seen = new Set<unknown>();
      const onEvent = ({ metadata }: { metadata: { namespace?: string; resourceVersion?: string } }) => {
        if (metadata.namespace !== here().name || seen.has(metadata.resourceVersion)) return;
        seen.add(metadata.resourceVersion);
        count += 1;
      };
      cluster().server.cluster.watch(kind, ({ object }) => onEvent(object), abort.signal);
    }
    return {
      get count() {
        return count;
      },
      stop: () => abort.abort(),
    };
  }

  /** A gate on two targets that exist, in force and waiting. */
  async function hold(): Promise<void> {
    await makeAvailable(here(), deployment('pinger'), deployment('poller'));
    await here().create(gate('api-first', ['pinger', 'poller'], [dns('api')]));
    await here().untilGate('api-first', {
      open: 'False/Waiting',
      pods: '0/2',
      dependencies: 'api Checking',
      seen: 'api: Service api does not exist',
    });
  }

  /** Waits for a reconcile that has nothing to say, made by a change that means nothing. */
  async function touch(): Promise<void> {
    const pass = here().untilPass('api-first');
    await here().patch('Deployment', 'pinger', { metadata: { labels: { touched: `${Date.now()}` } } });
    await pass;
    await sentinel();
  }

  it('on two live targets: a render, a finalizer, two targets, then a status for a change at most', async () => {
    const changes = countChanges();
    await hold();
    const made = requests();
    expect(made.map(brief).slice(0, 2)).to.deep.equal([STATUS, 'PATCH dependencygates/api-first']);
    // Each workload is reconciled by itself, so either may be first.
    expect(made.map(brief).slice(2, 4)).to.have.members([
      'PATCH deployments/pinger',
      'PATCH deployments/poller',
    ]);
    const reports = made.slice(4);
    expect(new Set(reports.map(brief))).to.deep.equal(new Set([STATUS]));
    expect(reports.length).to.be.at.most(changes.count);
    changes.stop();
    for (const { status } of made) expect(status).to.equal(200);
    for (const { body } of reports) expect(statusBody.parse(body).status).to.not.have.property('render');
  });

  it('read nothing: what is known comes from watches', async () => {
    await cluster().operator.stop();
    forget();
    await cluster().operator.start();
    await hold();
    const reads = requests().filter(({ method }) => method === 'GET');
    const watches = reads.filter(({ query }) => /^watch=true&.*sendInitialEvents=true/.test(query));
    expect(watches.map(brief)).to.include.members(['GET dependencygates', 'GET deployments', 'GET pods']);
    expect(reads.filter(({ path }) => path.includes('/namespaces/')).map(brief)).to.be.empty;
  });

  it('find and watch each kind that dependencies are about once, whatever the number of gates and Pods', async () => {
    const watched = ['first', 'second', 'third'].map((name) => gate(name, ['pinger'], [dns('api')]));
    await here().create(...watched, deployment('pinger', { replicas: 2 }));
    for (const name of ['first', 'second', 'third'])
      await here().untilGate(name, { ready: 'True/InForce', open: 'False/Waiting' });
    await here().untilGate('first', { seen: 'api: Service api does not exist' });
    expect(findings().map(({ path }) => path)).to.have.members([
      ...['/api/v1', '/api/v1/services'],
      ...['/apis/discovery.k8s.io/v1', '/apis/discovery.k8s.io/v1/endpointslices'],
    ]);
    await here().create(gate('fourth', ['poller'], [dns('redis')]));
    await here().until('the new name is looked for', () => (findings().length === 6 ? true : undefined));
    for (const name of ['first', 'second', 'third', 'fourth']) await here().delete('DependencyGate', name);
    await here().untilGone('DependencyGate', 'fourth');
    forget();
    await here().create(service('api'), deployment('api'));
    await sentinel();
    expect(findings(), 'nothing is watched that no gate needs').to.be.empty;
  });

  it('add the finalizer by a merge patch with the resource version as precondition', async () => {
    await hold();
    const [status, finalizer] = requests();
    expect(finalizer && form(finalizer)).to.deep.equal({
      method: 'PATCH',
      contentType: MERGE,
      query: MANAGER,
      status: 200,
    });
    const body = z.object({ metadata: z.strictObject({ resourceVersion: z.string(), finalizers: z.any() }) });
    const { metadata } = body.strict().parse(finalizer?.body);
    expect(metadata.finalizers).to.deep.equal([FINALIZER]);
    expect(metadata.resourceVersion, 'that of the status').to.not.equal(
      statusBody.parse(status?.body).metadata.resourceVersion,
    );
  });

  it('on a target that is still to come are two, since the first status speaks of both', async () => {
    await here().create(gate('api-first', ['pinger'], [dns('api')]));
    await here().untilGate('api-first', { ready: 'True/InForce' });
    await untilKept(here(), 'api-first');
    await sentinel();
    expect(requests().map(brief)).to.deep.equal([STATUS, 'PATCH dependencygates/api-first']);
  });

  it('write the status by a merge patch of the difference with the resource version as precondition', async () => {
    await hold();
    const reports = requests().filter((request) => brief(request) === STATUS);
    for (const report of reports) {
      expect(form(report)).to.deep.equal({
        method: 'PATCH',
        contentType: MERGE,
        query: MANAGER,
        status: 200,
      });
      statusBody.strict().parse(report.body);
    }
    const versions = reports.map(({ body }) => statusBody.parse(body).metadata.resourceVersion);
    expect(new Set(versions).size, 'each from another version').to.equal(versions.length);
  });

  it('write a target by a strategic merge patch that names every init container in its order', async () => {
    const own = { initContainers: [{ name: 'own', image: 'registry.example/app:1' }] };
    await makeAvailable(here(), deployment('pinger', { pod: own }));
    const { metadata } = await here().workload('pinger');
    await here().create(gate('api-first', ['pinger'], [dns('api')]));
    const { status } = await here().untilGate('api-first', { open: 'False/Waiting' });
    const [patch] = requests().filter((request) => brief(request) === 'PATCH deployments/pinger');
    expect(patch && form(patch)).to.deep.equal({
      method: 'PATCH',
      contentType: STRATEGIC,
      query: MANAGER,
      status: 200,
    });
    const { render } = status;
    expect(patch?.body).to.deep.equal({
      metadata: { resourceVersion: metadata.resourceVersion },
      spec: {
        template: {
          metadata: {
            annotations: {
              'gate.dependencygate.dev/api-first': render?.hash,
              'dependencygate.dev/target': 'Deployment/pinger',
            },
            labels: { 'dependencygate.dev/gated': 'true' },
          },
          spec: {
            '$setElementOrder/initContainers': [{ name: 'dgate-api-first--api' }, { name: 'own' }],
            initContainers: render?.initContainers,
            '$setElementOrder/volumes': [{ name: 'dgate-api-first' }],
            volumes: render?.volumes,
          },
        },
      },
    });
  });

  it('are none where nothing has changed that matters', async () => {
    await hold();
    await touch();
    forget();
    await touch();
    await makeAvailable(here(), deployment('stranger'));
    await sentinel();
    expect(requests().map(brief)).to.be.empty;
    expect(events().map(brief)).to.be.empty;
  });

  it('are lists and watches only when the operator is started again', async () => {
    await hold();
    await touch();
    await cluster().operator.stop();
    forget();
    const pass = here().untilPass('api-first');
    await cluster().operator.start();
    await pass;
    await touch();
    expect(new Set(requests().map(({ method }) => method))).to.deep.equal(new Set(['GET']));
    expect(events().map(brief)).to.be.empty;
  });

  it('report at most once for each change of a Pod as the gate opens', async () => {
    await hold();
    await touch();
    forget();
    const changes = countChanges();
    const before = changes.count;
    await here().create(service('api'));
    await here().untilGate('api-first', { open: 'True/AllPassed', pods: '2/2', ungated: 0 });
    await touch();
    const made = requests().map(brief);
    expect(new Set(made)).to.deep.equal(new Set([STATUS]));
    expect(made.length).to.be.within(1, changes.count - before);
    changes.stop();
  });

  it('tell each Event once', async () => {
    await hold();
    await touch();
    // Whether the gate came within 10 s of its targets is the machine's doing.
    const told = events()
      .map(({ method, body }) => {
        const { reason, type } = z.object({ reason: z.string(), type: z.string() }).parse(body);
        return `${method} ${type} ${reason}`;
      })
      .filter((line) => line !== 'POST Warning FirstStartUngated');
    const counted = new Map(told.map((line) => [line, told.filter((other) => other === line).length]));
    expect(counted.get('POST Normal Gated'), 'one for each target').to.equal(2);
    expect(counted.get('POST Normal Waiting')).to.be.at.least(1);
    expect(counted.size).to.equal(2);
  });
});

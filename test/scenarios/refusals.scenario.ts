import { expect } from 'chai';
import fc from 'fast-check';
import type { FieldCause } from '../../src/api/causes.ts';
import { validateGate } from '../../src/api/gate.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import type { KubeObject } from '../../src/sandbox/cluster.ts';
import { gateNameArbitrary, specArbitrary } from '../api/gate-arbitrary.ts';
import { depending, manifest } from '../api/manifest.ts';
import { RULE_CASES } from '../api/rule-cases.ts';
import { TEXT_CASES } from '../api/text-cases.ts';
import { describeWith } from '../cluster/describe-with.ts';
import { meets, POD_RESOURCES, REFUSALS_WITHOUT_TYPE, versionUnderTest } from '../cluster/versions.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { APP_IMAGE, deployment, dns, gate, service } from './manifests.ts';
import { initNames, isReady } from './views.ts';

/** What a gate does not do, because somebody said so or because it cannot. */
export const refusals: Scenario = (on) => {
  describe('a suspended gate', () => {
    const here = useNamespace(on);
    const suspend = (value: boolean) =>
      here().patch('DependencyGate', 'api-first', { spec: { suspend: value } });

    it('leaves its targets as they are until it goes on', async () => {
      await here().create(deployment('pinger'));
      await here().create(gate('api-first', ['pinger'], [dns('api')], { suspend: true }));
      await here().untilGate('api-first', { ready: 'False/Suspended', open: 'Unknown/TargetNotCurrent' });
      expect((await here().workload('pinger')).metadata.generation).to.equal(1);
      await suspend(false);
      await here().untilGate('api-first', { ready: 'True/InForce', open: 'False/Waiting' });
    });

    it('keeps the render that is in force, and goes on reporting', async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { open: 'False/Waiting', pods: '0/1' });
      await suspend(true);
      await here().patch('DependencyGate', 'api-first', { spec: { dependencies: [dns('redis')] } });
      await here().untilGate('api-first', { ready: 'False/Suspended' });
      await here().create(service('api'));
      await here().untilGate('api-first', { pods: '1/1', ungated: 0 });
      expect(initNames(await here().workload('pinger'))).to.deep.equal(['dgate-api-first--api']);
    });

    it('leaves its targets clean when it is deleted', async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { open: 'False/Waiting' });
      await suspend(true);
      await here().untilGate('api-first', { ready: 'True/InForce' });
      await here().delete('DependencyGate', 'api-first');
      await here().untilGone('DependencyGate', 'api-first');
      expect(initNames(await here().workload('pinger'))).to.be.empty;
      await here().untilPods('pinger', 1, 'are ready', isReady);
    });
  });

  describe('a gate with an invalid spec', () => {
    const here = useNamespace(on);

    for (const { message, kept, broken } of RULE_CASES) {
      it(`is refused by the rule: ${message}`, async () => {
        for (const spec of kept) expect((await here().refusal(asObject(spec)))?.message).to.equal(undefined);
        for (const spec of broken) {
          const refusal = await here().refusal(asObject(spec));
          expect(refusal?.status).to.equal(422);
          expect(refusal?.message).to.contain(message);
          expect(refusal?.causes.map(inNewWords)).to.have.deep.members(causesOf(spec).map(inNewWords));
        }
      });
    }

    for (const { rule, field, at, kept, broken } of TEXT_CASES) {
      it(`is refused for a text at ${field} that is no ${rule}, in words`, async () => {
        for (const text of kept) expect(await here().refusal(asObject(at(text))), text).to.equal(undefined);
        for (const [words, texts] of Object.entries(broken)) {
          for (const text of texts) {
            const refusal = await here().refusal(asObject(at(text)));
            expect(refusal?.message, text).to.contain(words);
            expect(refusal?.causes.map(inNewWords)).to.have.deep.members(causesOf(at(text)).map(inNewWords));
          }
        }
      });
    }

    it('is refused for its shape in the same words', async () => {
      const wrong = [
        manifest({ dependencies: [] }),
        manifest({ targets: undefined }),
        manifest({ targets: [{ name: 'Not_A_Name' }] }),
        depending({ dns: { host: 'api' }, periodSeconds: 0 }),
        depending({ dns: { host: 'api', type: 'MX' } }),
        depending({ tcp: { host: 'api', port: 'http' } }),
        depending({ tcp: { host: 'api' } }),
        ...[99, 600, '200', 'ANY', '', true, 200.5].map((code) =>
          depending({ http: { url: 'http://api', status: [code] } }),
        ),
        ...[0, '1337'].map((runAsUser) => manifest({ waiter: { runAsUser } })),
      ];
      for (const spec of wrong) {
        const refusal = await here().refusal(asObject(spec));
        expect(refusal?.causes.map(inNewWords)).to.have.deep.members(causesOf(spec).map(inNewWords));
      }
    });

    it('is refused, or not, as the functions say, whatever the spec', async () => {
      const specs = fc.sample(fc.tuple(gateNameArbitrary, specArbitrary), { numRuns: 40, seed: 1 });
      for (const [name, spec] of specs) {
        const gate = { ...manifest({}, name), spec };
        const refusal = await here().refusal(asObject(gate));
        expect((refusal?.causes ?? []).map(inNewWords), JSON.stringify(gate)).to.have.deep.members(
          causesOf(gate),
        );
      }
    });
  });

  describe('a patch that puts a value of another type into a field', () => {
    const here = useNamespace(on);
    const replicas = { spec: { replicas: 'two' } };
    const operations = [{ op: 'replace', path: '/spec/replicas', value: 'two' }];

    it('is refused as invalid, and what is there stays', async () => {
      await here().create(deployment('app'));
      for (const [type, patch] of [
        ['merge', replicas],
        ['strategic', replicas],
        ['json', operations],
        ['merge', { metadata: { labels: { a: 5 } } }],
      ] as const) {
        const refusal = await here()
          .patch('Deployment', 'app', patch, { type })
          .then(() => undefined, asApiError);
        expect(refusal, type).to.include({ status: 422, reason: 'Invalid' });
        expect(refusal?.causes.map(({ field }) => field)).to.deep.equal(['patch']);
        expect(refusal?.message).to.match(/^ "" is invalid: patch: Invalid value: "/);
      }
      expect((await here().workload('app')).spec.replicas).to.equal(1);
    });
  });

  describe('a target that cannot carry the containers', () => {
    const here = useNamespace(on);

    const volumes = (name: string) => [{ name, emptyDir: {} }];
    const mounting = {
      name: 'schema',
      container: { image: 'check', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    };
    const hindrances = [
      {
        what: 'with a volume of its own under the name of ours',
        pod: { volumes: volumes('dgate-api-first') },
        instead: { volumes: [{ $patch: 'replace' }, ...volumes('scratch')] },
        says: { reason: 'VolumeNameTaken', message: /Deployment pinger: .* rename that volume/ },
      },
      {
        what: 'with a container of its own under the name of one of ours',
        pod: { containers: [{ name: 'dgate-api-first--api', image: APP_IMAGE }] },
        instead: { containers: [{ $patch: 'replace' }, { name: 'app', image: APP_IMAGE }] },
        says: { reason: 'ContainerNameTaken', message: /Deployment pinger: .* rename that container/ },
      },
      {
        what: 'for Windows',
        pod: { os: { name: 'windows' } },
        instead: { os: null },
        says: { reason: 'WindowsPods', message: /Deployment pinger: .* run on Windows/ },
      },
      {
        what: 'without a volume that a container mounts',
        pod: {},
        instead: { volumes: volumes('data') },
        dependency: mounting,
        says: { reason: 'VolumeMissing', message: /Deployment pinger: .* add that volume/ },
      },
      {
        what: 'with a folder of the node for the volume that a container mounts',
        pod: { volumes: [{ name: 'data', hostPath: { path: '/data' } }] },
        instead: { volumes: [{ $patch: 'replace' }, ...volumes('data')] },
        dependency: mounting,
        says: { reason: 'VolumeOfNode', message: /Deployment pinger: .* gates mount none/ },
      },
    ];
    for (const { what, pod, instead, says, dependency = dns('api') } of hindrances) {
      it(`${what} stalls the gate, which says what to change, until that is done`, async () => {
        await here().create(deployment('pinger', { pod }));
        await here().create(gate('api-first', ['pinger'], [dependency]));
        const { status } = await here().untilGate('api-first', {
          ready: 'False/TargetRefused',
          stalled: 'True/TargetRefused',
          stalledMessage: says.message,
          targets: 'pinger Refused',
        });
        expect(status.targets?.[0]).to.include({ reason: says.reason });
        expect((await here().workload('pinger')).metadata.generation).to.equal(1);
        const spec = { template: { spec: instead } };
        await here().patch('Deployment', 'pinger', { spec }, { type: 'strategic' });
        await here().untilGate('api-first', { ready: 'True/InForce', stalled: '-' });
        expect(initNames(await here().workload('pinger'))).to.have.length(1);
      });
    }
  });

  describeWith(POD_RESOURCES, 'a target whose Pods have resources as a whole', () => {
    const here = useNamespace(on);

    it('carries containers without any, and has them back later', async () => {
      const resources = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '10m', memory: '16Mi' } };
      await here().create(deployment('pinger', { pod: { resources } }));
      await here().create(gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { ready: 'True/InForce', targets: /^pinger (Current|Rolling)/ });
      const ofWaiter = async () => (await here().workload('pinger')).spec.template.spec.initContainers[0];
      expect(JSON.stringify(await ofWaiter())).not.to.contain('memory');
      const spec = { template: { spec: { resources: null } } };
      await here().patch('Deployment', 'pinger', { spec }, { type: 'strategic' });
      await here().until(
        'the waiter has its own resources',
        async () => JSON.stringify(await ofWaiter()).includes('memory') || undefined,
      );
      await here().untilGate('api-first', { ready: 'True/InForce', stalled: '-' });
    });
  });
};

/** What the functions have against a gate. */
function causesOf(gate: unknown): readonly FieldCause[] {
  const verdict = validateGate(gate);
  return verdict.valid ? [] : verdict.causes;
}

/**
 * A cause in the words of the newer releases: before, it named the value's type, and up to 1.33 put null into quotes. What
 * text broke a rule is in none of theirs, so there it is not compared.
 */
function inNewWords<Cause extends { readonly message: string }>(cause: Cause): Cause {
  if (meets(versionUnderTest(), REFUSALS_WITHOUT_TYPE)) return cause;
  const message = cause.message
    .replace(/^Invalid value: "null": /, 'Invalid value: null: ')
    .replace(/^Invalid value: "(object|array)": /, 'Invalid value: ')
    .replace(/^Invalid value: ".*": (?!\S+ in body )/s, 'Invalid value: ');
  return { ...cause, message };
}

/** As it goes over the wire. */
function asObject(gate: object): KubeObject {
  return { apiVersion: '', kind: '', metadata: { name: '' }, ...JSON.parse(JSON.stringify(gate)) };
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

/** What only a real API server refuses. */
export const realRefusals: Scenario = (on) => {
  describe('a container that the API server refuses', () => {
    const here = useNamespace(on);
    const wrong = {
      name: 'own',
      container: {
        image: 'registry.example/check:1',
        env: [{ name: 'X', valueFrom: { fieldRef: { fieldPath: "metadata.labels['no..prefix/x']" } } }],
      },
    };

    it('stalls the gate with its words, and the render before it stays in force', async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      const { status } = await here().untilGate('api-first', { open: 'False/Waiting', targets: /^pinger/ });
      await here().patch('DependencyGate', 'api-first', { spec: { dependencies: [wrong] } });
      const stalled = await here().untilGate('api-first', {
        ready: 'False/InvalidRender',
        stalled: 'True/InvalidRender',
        stalledMessage: /no\.\.prefix/,
      });
      expect(stalled.status.render).to.deep.equal(status.render);
      expect(initNames(await here().workload('pinger'))).to.deep.equal(['dgate-api-first--api']);
      await here().patch('DependencyGate', 'api-first', { spec: { dependencies: [dns('redis')] } });
      await here().untilGate('api-first', { ready: 'True/InForce', stalled: '-', waitingOn: 'redis' });
    });
  });
};

import { expect } from 'chai';
import { customResourceDefinition } from '../../src/api/crd.ts';
import { needsKubectl, type Scenario, useNamespace } from './cluster.ts';
import { deployment, dns, gate, service } from './manifests.ts';
import type { RealCluster } from './real-cluster.ts';
import { isGated, viewGate } from './views.ts';

/** What people see of gates through kubectl. */
export const kubectl: Scenario = (on) => {
  describe('kubectl', () => {
    needsKubectl(on);
    const here = useNamespace(on);
    const hold = async () => {
      await here().create(deployment('pinger'), gate('api-first', ['pinger'], [dns('api')]));
      await here().untilGate('api-first', { open: 'False/Waiting', dependencies: 'api Checking' });
    };

    it('prints our columns, a few by default and more when asked for wide ones', async () => {
      await hold();
      const [title = '', row = ''] = (await here().kubectl(['get', 'dgate'])).split('\n');
      expect(title).to.match(/^NAME +TARGETS +PODS +INIT +OPEN +WAITING-ON +AGE$/);
      expect(row).to.match(/^api-first +1\/1 +0\/1 +Init:0\/1 +False +api +[\dms]+$/);
      const [wide = ''] = (await here().kubectl(['get', 'dgate', '-o', 'wide'])).split('\n');
      expect(wide).to.match(/AGE +READY +DEPENDENCIES +MESSAGE$/);
      expect(await here().kubectl(['get', 'all'])).to.contain('dependencygate.dependencygate.dev/api-first');
    });

    it('waits for a gate to open', async () => {
      await hold();
      const waiting = here().kubectl(['wait', '--for=condition=Open', '--timeout=60s', 'dgate/api-first']);
      await here().create(service('api'));
      expect(await waiting).to.contain('condition met');
    });

    it('describes a gate with its conditions and Events', async () => {
      await hold();
      const text = await here().until('Events are shown', async () => {
        const shown = await here().kubectl(['describe', 'dgate', 'api-first']);
        return /Normal +Waiting/.test(shown) && /Normal +Gated/.test(shown) ? shown : undefined;
      });
      expect(text).to.match(/Message: +1 of 1 Pod wait/);
      expect(text).to.contain('added the init containers to Deployment pinger');
    });

    it('describes a Pod that waits, and its Deployment, with what it waits for and why', async () => {
      await hold();
      const [pod] = await here().untilPods('pinger', 1, 'are gated', isGated);
      const words =
        /Normal +Waiting .* waiting for api \(dns api\) of gate api-first: Service api does not exist/;
      for (const described of [`pod/${pod?.metadata.name}`, 'deployment/pinger'])
        await here().until(`${described} tells it`, async () =>
          words.test(await here().kubectl(['describe', described])) ? true : undefined,
        );
      await here().create(service('api'));
      await here().untilGate('api-first', { open: 'True/AllPassed' });
    });

    it('explains every field', async () => {
      // An API server describes a new custom resource a moment after it serves it.
      const text = await here().until('the fields are described', () =>
        here()
          .kubectl(['explain', 'dgate.spec.dependencies'])
          .catch(() => undefined),
      );
      expect(text).to.match(/becomes one init\s+container/);
      const all = await here().kubectl(['explain', '--recursive', 'dgate']);
      for (const field of ['caFrom', 'secretKeyRef', 'overdueAfterSeconds', 'observedGeneration'])
        expect(all).to.contain(field);
    });

    it('drops unknown fields with a warning, refuses them when strict, and stores no defaults', async () => {
      const manifest = gate('api-first', ['pinger'], [dns('api')]);
      const misspelt = JSON.stringify(manifest).replace('"spec":{', '"spec":{"dependancies":[],');
      const strict = await here()
        .kubectl(['create', '-f', '-'], misspelt)
        .catch((error: Error) => error);
      expect(strict)
        .to.be.an('error')
        .with.property('message')
        .that.contains('unknown field "spec.dependancies"');
      const said: string[] = [];
      await here().kubectl(['create', '--validate=warn', '-f', '-'], misspelt, (line) => said.push(line));
      expect(said).to.deep.equal(['Warning: unknown field "spec.dependancies"']);
      const stored = viewGate(await here().get('DependencyGate', 'api-first'));
      expect(stored.spec).to.deep.equal(manifest.spec);
    });

    it('is told of a kind that there is not, and of a value of the wrong type', async () => {
      const refusal = (object: object) =>
        here()
          .kubectl(['create', '-f', '-'], JSON.stringify(object))
          .then(() => '', String);
      const misspelt = { ...gate('api-first', ['pinger'], [dns('api')]), kind: 'DependencyGat' };
      expect(await refusal(misspelt)).to.contain(
        'no matches for kind "DependencyGat" in version "dependencygate.dev/v1alpha1"',
      );
      const env = [{ name: 'A', value: 5 }];
      const containers = [{ name: 'pinger', image: 'pinger:1', env }];
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pinger' }, spec: { containers } };
      expect(await refusal(pod)).to.contain(
        'cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
      );
    });

    it('replaces a gate, and applies one that is as it was without a change', async () => {
      const manifest = gate('api-first', ['pinger'], [dns('api')]);
      await here().create(deployment('pinger'));
      await here().apply(manifest);
      await here().untilGate('api-first', { open: 'False/Waiting' });
      expect(await here().apply(manifest)).to.contain('unchanged');
      // It meets a conflict when the operator has just written the status.
      await here().until('it is replaced', async () => {
        const written = await here().kubectl(['get', 'dgate', 'api-first', '-o', 'json']);
        const changed = written.replaceAll('"host": "api"', '"host": "redis"');
        return here().kubectl(['replace', '-f', '-'], changed);
      });
      await here().create(service('redis'));
      await here().untilGate('api-first', { open: 'True/AllPassed' });
    });
  });
};

/** What the sandbox does not take: its definition of gates is its own. */
export const kubectlReal: Scenario<RealCluster> = (on) => {
  describe('kubectl', () => {
    it('applies the CRD with strict validation and without a warning', async () => {
      const { controlPlane } = on();
      const input = JSON.stringify(customResourceDefinition());
      const args = ['apply', '--server-side', '--validate=strict', '-f', '-'];
      expect((await controlPlane.run(args, { input })).stderr).to.equal('');
      const drawn = await controlPlane.run([
        'get',
        'crd',
        'dependencygates.dependencygate.dev',
        '-o',
        'json',
      ]);
      expect(drawn.stdout).to.not.contain('NonStructuralSchema');
    });
  });
};

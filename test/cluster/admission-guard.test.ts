import { expect } from 'chai';
import { z } from 'zod';
import {
  API_VERSION,
  FINALIZER,
  GROUP,
  KIND,
  OPERATOR_NAMESPACE,
  OPERATOR_SERVICE_ACCOUNT,
  OPERATOR_USER,
  PLURAL,
  VERSION,
} from '../../src/api/names.ts';
import type { Target } from '../../src/api/spec.ts';
import { connect } from '../../src/kube/client/connection.ts';
import { createRequests } from '../../src/kube/client/http-requests.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { dns, gate, target } from '../core/builders.ts';
import { EFFECT_LIMIT_MS } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { denial } from './admission-denial.ts';
import { eventually } from './eventually.ts';
import { mayPatch, rightsOf } from './rights.ts';
import type { CommandOutput } from './run-command.ts';

/** Who may write gates, and patch the Deployments `mine` and `mine-0` to `mine-31` and the StatefulSet `mine`. */
const JANE = 'jane';
const SIXTEEN = Array.from({ length: 16 }, (_, index) => `mine-${index}`);
const OTHER_SIXTEEN = Array.from({ length: 16 }, (_, index) => `mine-${index + 16}`);

const GATES = { group: GROUP, version: VERSION, plural: PLURAL, namespaced: true };

const policiesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({
        typeChecking: z.object({ expressionWarnings: z.array(z.unknown()).default([]) }),
      }),
    }),
  ),
});

const reviewSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

describe('the guard policies', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
  let namespace = '';
  beforeEach(async () => {
    namespace = await cluster().namespace();
    for (const object of rights(namespace)) await cluster().controlPlane.apply(JSON.stringify(object));
    await eventually('jane has her permissions', EFFECT_LIMIT_MS, () =>
      write([target('mine')], ['--dry-run=server']),
    );
  });

  const kubectl = (args: readonly string[], input?: string): Promise<CommandOutput> =>
    cluster().kubectl(['--namespace', namespace, ...args], input === undefined ? {} : { input });
  const asJane = (args: readonly string[]) => kubectl(['--as', JANE, ...args]);
  const manifest = (targets: readonly Target[], name = 'api-first') =>
    JSON.stringify({
      apiVersion: API_VERSION,
      kind: KIND,
      metadata: { name },
      spec: { targets, dependencies: [dns('api')] },
    });
  /** Jane creates a gate, or changes its targets. */
  const write = (targets: readonly Target[], more: readonly string[] = []) =>
    kubectl(['--as', JANE, 'apply', '--server-side', ...more, '-f', '-'], manifest(targets));
  /** The administrator does. */
  const install = (...targets: Target[]) =>
    kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], manifest(targets));
  const change = (spec: unknown) =>
    asJane(['patch', PLURAL, 'api-first', '--type=merge', '--patch', JSON.stringify({ spec })]);

  it('let somebody write a gate whose targets they may patch, by permissions on single names', async () => {
    const { stderr } = await write([target('mine'), target('StatefulSet/mine')]);
    expect(stderr).to.equal('');
    expect((await change({ suspend: true })).stderr).to.equal('');
  });

  for (const [named, right] of [
    ['other', 'deployments.apps'],
    ['StatefulSet/other', 'statefulsets.apps'],
    ['DaemonSet/mine', 'daemonsets.apps'],
    ['Job/mine', 'jobs.batch'],
    ['CronJob/mine', 'cronjobs.batch'],
  ] as const) {
    it(`deny a gate with a target ${named}, and say which right is missing`, async () => {
      const name = target(named).name;
      expect(await denial(write([target('mine'), target(named)]))).to.contain(
        `user "jane" cannot patch ${right} "${name}" in namespace "${namespace}", a target of gate api-first: a gate is written and deleted by who may patch each of its targets`,
      );
    });
  }

  it("deny a change of another's gate, and not a label on it", async () => {
    await install(target('mine'), target('other'));
    expect(await denial(change({ suspend: true }))).to.contain('cannot patch deployments.apps "other"');
    expect(await denial(change({ dependencies: [dns('db')] }))).to.contain('deployments.apps "other"');
    expect((await asJane(['label', PLURAL, 'api-first', 'team=a'])).stderr).to.equal('');
  });

  it('deny to take out a target, to put in another, and to swap the kind of one', async () => {
    await install(target('mine'), target('other'));
    expect(await denial(change({ targets: [target('mine')] }))).to.contain(
      `user "jane" cannot patch deployments.apps "other" in namespace "${namespace}", to be taken out of gate api-first: a gate is written and deleted by`,
    );
    await install(target('mine'));
    expect(await denial(change({ targets: [target('other')] }))).to.contain('"other"');
    await install(target('DaemonSet/mine'));
    expect(await denial(change({ targets: [target('mine')] }))).to.contain('daemonsets.apps "mine"');
  });

  it('let somebody take out and put in targets that they may patch', async () => {
    await install(target('mine'), target('mine-1'));
    expect((await change({ targets: [target('mine-2'), target('StatefulSet/mine')] })).stderr).to.equal('');
  });

  it('look at each of 16 targets, new and old, within the cost limit', async () => {
    expect((await write(SIXTEEN.map(target))).stderr).to.equal('');
    expect((await change({ targets: OTHER_SIXTEEN.map(target) })).stderr).to.equal('');
    const last = [...SIXTEEN.slice(1), 'other'];
    expect(await denial(change({ targets: last.map(target) }))).to.contain('"other"');
    await install(...last.map(target));
    expect(await denial(change({ targets: SIXTEEN.map(target) }))).to.contain('"other"');
  });

  it("let the operator's own writes pass: the finalizer and the status", async () => {
    await install(target('other'));
    const kubeconfigPath = await cluster().controlPlane.serviceAccountKubeconfig(
      OPERATOR_NAMESPACE,
      OPERATOR_SERVICE_ACCOUNT,
    );
    const connection = connect(kubeconfigCredentials({ kubeconfigPath }), {
      clock: systemClock,
      userAgent: 'operator',
    });
    const requests = createRequests({ connection, clock: systemClock });
    const patch = (body: unknown, subresource?: 'status') =>
      requests.patch(GATES, { namespace, name: 'api-first' }, body, { type: 'merge', subresource });
    try {
      await patch({ metadata: { finalizers: [FINALIZER] } });
      const { render } = gate('api-first').dependsOn(dns('api'));
      expect(await patch({ status: { render } }, 'status')).to.have.nested.property(
        'status.render.hash',
        render.hash,
      );
      await patch({ metadata: { finalizers: null } });
    } finally {
      await connection.close();
    }
  });

  it('deny everybody else the status, even the administrator', async () => {
    await install(target('other'));
    const status = ['--subresource=status', '--type=merge', '--patch', '{"status":{"observedGeneration":7}}'];
    expect(await denial(kubectl(['patch', PLURAL, 'api-first', ...status]))).to.contain(
      `only ${OPERATOR_USER} writes the status of gates, since its render is placed into Pods, and this is admin`,
    );
  });

  for (const [role, mayWrite] of [
    ['view', false],
    ['edit', true],
    ['admin', true],
  ] as const) {
    it(`leave the role ${role} without any right on the status`, async () => {
      await kubectl(['create', 'rolebinding', role, `--clusterrole=${role}`, `--user=${role}er`]);
      const may = async (verb: string, subresource = '') => {
        const resourceAttributes = { namespace, verb, group: GROUP, resource: PLURAL, subresource };
        const review = { spec: { user: `${role}er`, resourceAttributes } };
        const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
        return reviewSchema.parse(await cluster().send('POST', path, review)).status.allowed;
      };
      await eventually('the role is granted', EFFECT_LIMIT_MS, async () => (await may('get')) || undefined);
      expect(await may('create')).to.equal(mayWrite);
      for (const verb of ['get', 'update', 'patch']) expect(await may(verb, 'status'), verb).to.equal(false);
    });
  }

  it('have expressions that the API server finds nothing wrong with', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
    const { items } = await eventually('types are checked', EFFECT_LIMIT_MS, async () =>
      policiesSchema.parse(await cluster().send('GET', path)),
    );
    for (const { metadata, status } of items)
      expect(status.typeChecking.expressionWarnings, metadata.name).to.deep.equal([]);
  });
});

function rights(namespace: string): object[] {
  const gates = { apiGroups: [GROUP], resources: [PLURAL], verbs: ['get', 'create', 'patch', 'update'] };
  return rightsOf(
    JANE,
    namespace,
    gates,
    mayPatch('deployments', 'mine', ...SIXTEEN, ...OTHER_SIXTEEN),
    mayPatch('statefulsets', 'mine'),
  );
}

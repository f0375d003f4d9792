import { expect } from 'chai';
import { useNamespace } from '../scenarios/cluster.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { Namespace } from '../scenarios/namespace.ts';
import { startRealCluster } from '../scenarios/real-cluster.ts';
import { requirePrograms } from './programs.ts';
import { SLOW_LABEL, type SlowWebhook, startSlowWebhook } from './slow-webhook.ts';
import { useCluster } from './use.ts';

const NAMESPACES = 5;
/** Of each. */
const GATES = 3;

describe('an admission webhook that does not answer for some namespaces', function () {
  this.timeout(300_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startRealCluster);
  const here = useNamespace(cluster);
  let webhook: SlowWebhook;
  before('start it', async () => {
    webhook = await startSlowWebhook();
  });
  after('stop it', () => webhook.stop());

  it('keeps no gate of another from its status, nor its Events from being written', async () => {
    await cluster().controlPlane.apply(JSON.stringify(webhook.manifest));
    const slow = Array.from({ length: NAMESPACES }, () => new Namespace(cluster()));
    const names = Array.from({ length: GATES }, (_, index) => `slow-${index}`);
    for (const one of slow) {
      await one.open();
      await here().kubectl(['label', 'namespace', one.name, `${SLOW_LABEL}=true`]);
    }
    for (const one of slow) await one.create(...names.map((name) => gate(name, ['pinger'], [dns('api')])));
    await here().until('it has a write of each', () => (webhook.open() >= NAMESPACES ? true : undefined));

    await here().create(deployment('pinger'), gate('first', ['pinger'], [dns('api')]));
    await here().untilGate('first', { ready: 'True/InForce', open: 'False/Waiting' });
    const told = ['get', 'events', '--field-selector=involvedObject.name=first', '-o=name'];
    await here().until('an Event tells of it', async () =>
      (await here().kubectl(told)) === '' ? undefined : true,
    );
    expect(webhook.open()).to.be.at.least(NAMESPACES);

    webhook.answer();
    for (const one of slow) for (const name of names) await one.untilGate(name, { ready: 'True/InForce' });
    for (const one of slow) await one.close();
  });
});

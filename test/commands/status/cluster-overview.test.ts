import { expect } from 'chai';
import { clusterOverview, overviewText } from '../../../src/commands/status/cluster-overview.ts';
import type { Gate } from '../../../src/core/model.ts';
import { dns, gate, pod, workload } from '../../core/builders.ts';
import { explained } from '../explain/explained.ts';

const first = gate('first').targets('pinger').dependsOn(dns('api')).rendered();
const pinger = workload('pinger').carrying(first);
const one = pod('pinger-1').of('pinger').carrying(first);
const seen = (...args: Parameters<typeof explained>): Gate => explained(...args).gate;

const open = seen(first, [pinger, one.passed('api')]);
const waiting = seen(first, [pinger, one.checking('api')]);
const stalled = seen(first.invalid('spec.targets: Required value'), []);
const unseen: Gate = { ...waiting, status: {} };
const missing = seen(first, []);

const image = open.status.render?.initContainers[0]?.image ?? '';
const operator = { namespace: 'system', name: 'operator', image, ready: 1, wanted: 1 };
const AT = { unread: undefined, where: 'all namespaces', inSandbox: false };

describe('how all gates stand', () => {
  it('is counted by the first state that holds', () => {
    const { gates } = clusterOverview([open, waiting, waiting, stalled, unseen, missing], [operator]);
    expect(gates).to.deep.equal({
      ...{ total: 6, open: 1, waiting: 2, overdue: 0, failed: 0, stalled: 1, unknown: 2 },
    });
  });

  it('is told in a few lines', () => {
    expect(overviewText(clusterOverview([open, waiting, stalled], [operator]), AT)).to.equal(
      `Operator system/operator: 1 of 1 ready, ${image}
Gates in all namespaces: 3: 1 open, 1 waiting, 1 stalled
`,
    );
    expect(overviewText(clusterOverview([], []), AT)).to.equal(
      `Operator: no Deployment has the label app.kubernetes.io/name=dependency-gate
Gates in all namespaces: 0
`,
    );
  });

  it('tells of the operator of the sandbox, which nobody has installed', () => {
    expect(overviewText(clusterOverview([], []), { ...AT, inSandbox: true })).to.equal(
      `Operator: works in the sandbox's own process, without a Deployment
Gates in all namespaces: 0
`,
    );
  });

  it('names the gates whose containers run another image than the operator', () => {
    const newer = { ...operator, image: 'registry.example/dependency-gate:2' };
    const overview = clusterOverview([open, { ...waiting, name: 'a' }], [newer]);
    expect(overview.behind).to.deep.equal([{ image, gates: ['my-namespace/a', 'my-namespace/first'] }]);
    expect(overviewText(overview, AT)).to.contain(
      `Behind: the containers of 2 gates run ${image}, until their targets change: my-namespace/a, my-namespace/first\n`,
    );
    expect(clusterOverview([open], [newer, operator]).behind).to.deep.equal([]);
    expect(clusterOverview([open], []).behind, 'no operator is known').to.deep.equal([]);
  });

  it('leaves out gates that name an image themselves', () => {
    const own = gate('own')
      .targets('pinger')
      .dependsOn(dns('api'))
      .specifying({ waiter: { image: 'own:1' } })
      .rendered();
    const of = seen(own, [workload('pinger').carrying(own)]);
    expect(clusterOverview([of], [operator]).behind).to.deep.equal([]);
  });

  it('says that the operator cannot be read, and the rest', () => {
    const unread = { unread: 'deployments.apps is forbidden', forbidden: true };
    expect(overviewText(clusterOverview([open], []), { ...AT, unread, where: 'namespace n' })).to.equal(
      `Operator: cannot be read: deployments.apps is forbidden
Gates in namespace n: 1: 1 open
`,
    );
  });
});

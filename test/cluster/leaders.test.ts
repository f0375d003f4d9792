import { expect } from 'chai';
import { OPERATOR_USER } from '../../src/api/names.ts';
import { useNamespace } from '../scenarios/cluster.ts';
import { deployment, dns, gate } from '../scenarios/manifests.ts';
import { SERVICE_ACCOUNT, startRealCluster } from '../scenarios/real-cluster.ts';
import { Candidate } from './candidate-process.ts';
import { eventually } from './eventually.ts';
import { grantedRights, usedRights } from './permissions.ts';
import { requirePrograms } from './programs.ts';
import { useCluster } from './use.ts';

/** Longer than a machine that is not stuck needs for anything but the time of a Lease. */
const LIMIT_MS = 60_000;
/** That of a Lease, a retry, and what a busy machine takes. */
const LEASE_LIMIT_MS = 15_000 + 2000 + 15_000;
const EXIT_LIMIT_MS = 5000;

describe('two operators with the permissions of config/rbac', function () {
  this.timeout(180_000);
  const cluster = useCluster(() => requirePrograms(process.env.KUBEBUILDER_ASSETS), startRealCluster);
  const here = useNamespace(cluster);
  const candidates: Candidate[] = [];

  before('stop that of the scenarios', () => cluster().operator.stop());
  after('end them', () => Promise.all(candidates.map((one) => one.end('SIGKILL'))));

  async function candidate(pod: string): Promise<Candidate> {
    const { namespace, name } = SERVICE_ACCOUNT;
    const one = new Candidate(pod, await cluster().controlPlane.serviceAccountKubeconfig(namespace, name));
    candidates.push(one);
    await one.ready();
    return one;
  }

  const leads = (one: Candidate, limitMs: number) =>
    eventually('it leads', limitMs, async () => ((await one.leads()) ? true : undefined));
  const works = async (name: string) => {
    await cluster().operator.stop();
    await here().create(deployment(`${name}-app`), gate(name, [`${name}-app`], [dns('api')]));
    await here().untilGate(name, { ready: 'True/InForce' });
  };

  it('are both ready, one works, and the other goes on after SIGTERM and after SIGKILL', async () => {
    await cluster().operator.stop();
    const first = await candidate('first');
    await leads(first, LIMIT_MS);
    const second = await candidate('second');
    expect(await second.leads()).to.equal(false);
    await works('one');

    const began = performance.now();
    expect(await first.end('SIGTERM'), 'exits in order').to.equal(0);
    expect(performance.now() - began).to.be.at.most(EXIT_LIMIT_MS);
    await leads(second, LIMIT_MS);
    await works('two');

    const third = await candidate('third');
    expect(await second.end('SIGKILL')).to.equal('SIGKILL');
    expect(await third.leads(), 'while the Lease may still be held').to.equal(false);
    await leads(third, LEASE_LIMIT_MS);
    await works('three');
    expect(third.messages).to.include('another operator leads, this one stands by');
    expect(await third.end('SIGTERM')).to.equal(0);
  });

  it('needed no other right for it than those of config/rbac/lease.yaml, and all of these', function () {
    const { auditLog } = cluster().controlPlane;
    if (auditLog === undefined) return this.skip();
    const { used, denied } = usedRights(auditLog, OPERATOR_USER);
    // Lists are for API servers that do not stream them, as 1.30.
    const isOfAll = (right: string) => right.endsWith('/leases') && !right.startsWith('list ');
    const granted = grantedRights('config/rbac/lease.yaml').filter(isOfAll);
    expect([...used].filter(isOfAll)).to.have.members(granted);
    expect([...denied]).to.be.empty;
  });

  it('lets the operator write no other Lease there, and none elsewhere', async () => {
    const may = (verb: string, name: string, namespace: string) =>
      cluster()
        .controlPlane.kubectl([
          ...['auth', 'can-i', verb, `leases.coordination.k8s.io/${name}`],
          ...[`--namespace=${namespace}`, `--as=${OPERATOR_USER}`],
        ])
        .then(
          (answer) => answer.trim(),
          () => 'no',
        );
    const { namespace, name } = SERVICE_ACCOUNT;
    for (const verb of ['get', 'watch', 'patch']) {
      expect(await may(verb, name, namespace), verb).to.equal('yes');
      expect(await may(verb, 'another', namespace), verb).to.equal('no');
      expect(await may(verb, name, 'kube-system'), verb).to.equal('no');
    }
    expect(await may('delete', name, namespace)).to.equal('no');
  });
});

import { expect } from 'chai';
import { container, dns, gate, NAMESPACE, pod, tcp, workload } from '../../core/builders.ts';
import { explained, printed, propose, say, section, steps } from './explained.ts';

const first = gate('first')
  .targets('app')
  .dependsOn(dns('api'), dns('api-v2'), tcp('redis', 6379), tcp('db', 5432), container('own'))
  .specifying({ order: 'Parallel' })
  .rendered();
const one = pod('app-1').of('app').carrying(first);
const around = (as: typeof one) => [workload('app').carrying(first), as];

describe('explain, of dependencies that share a container', () => {
  it('says for which of them a Pod waits, and that they are waited for all at once', () => {
    const world = explained(first, around(one.checking('all')));
    expect(section(world, 'Targets')).to.include('    app-1  waits for api, api-v2 and 2 more for 40s');
    expect(printed(world)).to.contain('Dependencies, all at once, and containers behind them in this order');
    const some = explained(first, around(one.checking('all').openedForRun('api').openedForRun('db')));
    expect(section(some, 'Targets')).to.include('    app-1  waits for api-v2 and redis for 40s');
  });

  it('names the container that they share, in commands that read its log', () => {
    const world = explained(first, around(one.checking('all')));
    expect(propose(steps(world))).to.include(`kubectl logs app-1 -c dgate-first--all -n ${NAMESPACE}`);
  });

  it('takes each answer from the lines about that dependency', () => {
    const logs = { api: ['waiting for api: NXDOMAIN'], 'api-v2': ['waiting for api-v2: SERVFAIL'] };
    const all = say(steps(explained(first, around(one.checking('all')), { logs })));
    expect(all.find((text) => text.startsWith('api:'))).to.contain('NXDOMAIN');
    expect(all.find((text) => text.startsWith('api-v2:'))).to.contain('SERVFAIL');
  });

  it('tells what keeps the container from running once', () => {
    const all = steps(explained(first, around(one.starting('all', 'ImagePullBackOff', 'not found'))));
    expect(say(all).filter((text) => text.includes('cannot be pulled'))).to.have.length(1);
  });
});

import { expect } from 'chai';
import { AdmissionWatch, areInstalled } from '../../../src/controller/admission/policy-watch.ts';
import { ApiError } from '../../../src/kube/api-error.ts';
import type { ObjectName, Resource } from '../../../src/kube/resource.ts';
import { ManualClock } from '../../kube/manual-clock.ts';
import { asked, storedPolicies } from './stored-policies.ts';

const MINUTE = 60_000;
const POLICY = 'MutatingAdmissionPolicy dependencygate-inject';
const BINDING = 'MutatingAdmissionPolicyBinding dependencygate-inject';

/** An API server on which the policies may be there or not, and answer as they like. */
function rig() {
  const clock = new ManualClock();
  const changes: boolean[] = [];
  const errors: unknown[] = [];
  const stored = storedPolicies();
  const server = { status: 200, stored, mutating: 'v1' };
  const get = async ({ plural, version }: Resource, { name }: ObjectName): Promise<unknown> => {
    const served = plural.startsWith('mutating') ? server.mutating : 'v1';
    const found = version === served ? server.stored.get(asked(plural, name)) : undefined;
    if (server.status === 200 && found) return found;
    const status = server.status === 200 ? 404 : server.status;
    throw new ApiError({ status, reason: 'Unknown', message: 'no' });
  };
  const requests = { get };
  const watch = new AdmissionWatch({
    requests,
    clock,
    onChange: (now) => changes.push(areInstalled(now)),
    onError: (error) => errors.push(error),
  });
  return { clock, changes, errors, server, requests, watch };
}

describe('AdmissionWatch', () => {
  it('finds the policies at its start', async () => {
    const { watch, changes } = rig();
    await watch.start();
    expect(watch.isThere).to.equal(true);
    expect(changes).to.deep.equal([true]);
    watch.stop();
  });

  it('finds the policies where the API server has them as a beta only', async () => {
    const { watch, server } = rig();
    server.mutating = 'v1beta1';
    await watch.start();
    expect(watch.isThere).to.equal(true);
    expect(watch.views['dependencygate-inject']).to.include({ isThere: true, isBound: true, isOurs: true });
    watch.stop();
  });

  for (const status of [404, 403]) {
    it(`counts on no policy when the answer is ${status}, and does not fail`, async () => {
      const { watch, changes, errors, server } = rig();
      server.status = status;
      await watch.start();
      expect(watch.isThere).to.equal(false);
      expect([...changes.filter(Boolean), ...errors]).to.deep.equal([]);
      watch.stop();
    });
  }

  it('looks again soon where it may not look as it starts: the whole cluster may have started', async () => {
    const { watch, changes, server, clock } = rig();
    server.status = 403;
    await watch.start();
    expect(watch.isThere).to.equal(false);
    server.status = 200;
    await clock.advance(5000);
    expect([watch.isThere, ...changes.filter(Boolean)]).to.deep.equal([true, true]);
    watch.stop();
  });

  it('looks as rarely as ever where it may not look at all', async () => {
    const { watch, server, clock } = rig();
    server.status = 403;
    await watch.start();
    await clock.advance(2 * MINUTE);
    server.status = 200;
    await clock.advance(MINUTE / 2);
    expect(watch.isThere).to.equal(false);
    await clock.advance(MINUTE / 2);
    expect(watch.isThere).to.equal(true);
    watch.stop();
  });

  it('goes on with what it knows where it may not look for a moment, as when an API server starts', async () => {
    const { watch, changes, server, clock } = rig();
    await watch.start();
    server.status = 403;
    await clock.advance(MINUTE + 10_000);
    expect(watch.isThere).to.equal(true);
    server.status = 200;
    await clock.advance(5000);
    server.status = 403;
    await clock.advance(MINUTE + 10_000);
    expect([watch.isThere, ...changes]).to.deep.equal([true, true]);
    await clock.advance(10_000);
    expect([watch.isThere, ...changes]).to.deep.equal([false, true, false]);
    watch.stop();
  });

  it('counts on no policy without its binding, and says which it is', async () => {
    const { watch, changes, server, clock } = rig();
    await watch.start();
    server.stored.delete(BINDING);
    await clock.advance(MINUTE);
    expect(watch.isThere).to.equal(false);
    expect(watch.views['dependencygate-inject']).to.include({ isThere: true, isBound: false });
    expect(watch.views['dependencygate-inject-cronjob']).to.include({ isThere: true, isBound: true });
    expect(changes).to.deep.equal([true, false]);
    watch.stop();
  });

  it('tells a change of what is stored, although it is there all the time', async () => {
    const { watch, changes, server, clock } = rig();
    await watch.start();
    const { metadata, spec } = server.stored.get(POLICY) ?? expect.fail('it is stored');
    server.stored.set(POLICY, {
      metadata: { ...metadata, generation: 2 },
      spec: { ...spec, matchConditions: [] },
    });
    await clock.advance(MINUTE);
    expect(changes).to.deep.equal([true, true]);
    expect(watch.views['dependencygate-inject']).to.include({ isThere: true, isOurs: false });
    watch.stop();
  });

  it('asks again until there is an answer, and says why there is none', async () => {
    const { watch, changes, errors, server, clock } = rig();
    server.status = 503;
    const known = watch.start();
    await clock.advance(0);
    await clock.advance(12_000);
    expect(watch.isKnown).to.equal(false);
    expect(errors).to.have.length(3);
    server.status = 200;
    await clock.advance(5000);
    expect(await known).to.equal(true);
    expect([watch.isKnown, watch.isThere, ...changes]).to.deep.equal([true, true, true]);
    watch.stop();
  });

  for (const status of [0, 429, 500]) {
    it(`goes on with what it knows when the answer is ${status || 'none'}`, async () => {
      const { watch, changes, server, clock } = rig();
      await watch.start();
      server.status = status;
      await clock.advance(10 * MINUTE);
      expect(watch.isThere).to.equal(true);
      expect(changes).to.deep.equal([true]);
      watch.stop();
    });
  }

  it('does not keep anybody waiting when it is stopped before an answer', async () => {
    const { watch, requests } = rig();
    requests.get = () => new Promise(() => {});
    const known = watch.start();
    watch.stop();
    expect(await known).to.equal(false);
  });

  it('looks again every minute, and tells only what changes', async () => {
    const { watch, changes, server, clock } = rig();
    await watch.start();
    await clock.advance(MINUTE);
    server.status = 404;
    await clock.advance(MINUTE);
    server.status = 200;
    await clock.advance(MINUTE);
    expect(changes).to.deep.equal([true, false, true]);
    watch.stop();
  });

  it('looks when it is asked to', async () => {
    const { watch, changes, server } = rig();
    await watch.start();
    server.stored.clear();
    expect(areInstalled(await watch.look())).to.equal(false);
    expect(changes).to.deep.equal([true, false]);
    server.status = 500;
    expect(areInstalled(await watch.look()), 'what is known holds').to.equal(false);
    watch.stop();
  });

  it('leaves no timer when it is stopped', async () => {
    const { watch, clock } = rig();
    await watch.start();
    watch.stop();
    expect(clock.pending).to.deep.equal([]);
  });
});

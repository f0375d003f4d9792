import { expect } from 'chai';
import fc from 'fast-check';
import type { Dependency } from '../../../src/api/spec.ts';
import { SERVICE } from '../../../src/core/evaluate/references.ts';
import { gate, NAMESPACE } from '../../core/builders.ts';
import { database, jobDone, service } from '../../core/evaluated-builders.ts';
import { DATABASE, databases, ReferencedRig, services } from './referenced-rig.ts';

interface Change {
  readonly name: string;
  readonly dependencies: readonly Dependency[];
}

const dependencies = fc.subarray<Dependency>([
  jobDone('migrate'),
  jobDone('seed'),
  database('db'),
  service('api'),
]);
const change: fc.Arbitrary<Change> = fc.record({ name: fc.constantFrom('a', 'b', 'c'), dependencies });

/** What is seen in the end, when each change came before the watches had done anything about the last one, or after. */
async function seenAfter(changes: readonly Change[], oneByOne: boolean) {
  const rig = new ReferencedRig();
  for (const name of ['migrate', 'seed']) rig.job(name);
  rig.server.put(databases, { metadata: { name: 'db' } });
  rig.server.put(services, { metadata: { namespace: NAMESPACE, name: 'api' } });
  for (const [at, { name, dependencies }] of changes.entries()) {
    const changed = { ...gate(name).dependsOn(...dependencies).gate, resourceVersion: String(at + 1) };
    rig.gates.set(changed);
    if (oneByOne) await rig.pass(100);
  }
  await rig.pass(1000);
  const seen = {
    jobs: [rig.looks('migrate'), rig.looks('seed')],
    others: [rig.looks('db', DATABASE), rig.looks('api', SERVICE)],
    kinds: rig.watches.size,
  };
  await rig.watches.stop();
  await rig.quiet();
  expect(rig.clock.pending).to.deep.equal([]);
  return seen;
}

describe('ReferencedWatches, of any changes', () => {
  it('show what the gates name in the end, however they came to it', async () => {
    const changes = fc.array(change, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(changes, async (all) => {
        const last = [...new Map(all.map((one) => [one.name, one])).values()];
        const expected = await seenAfter(last, false);
        expect(await seenAfter(all, true)).to.deep.equal(expected);
        expect(await seenAfter(all, false)).to.deep.equal(expected);
        expect(await seenAfter(last.toReversed(), true)).to.deep.equal(expected);
      }),
      { numRuns: 40 },
    );
  });
});

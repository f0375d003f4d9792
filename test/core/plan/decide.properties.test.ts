import { expect } from 'chai';
import fc from 'fast-check';
import { statusSchema } from '../../../src/api/status.ts';
import type { Write } from '../../../src/core/plan/plan.ts';
import { KeptComparisons } from '../../../src/core/progress/kept-comparisons.ts';
import { drift } from '../../../src/core/render/drift.ts';
import { obstacle } from '../../../src/core/render/inject.ts';
import type { World } from '../../../src/core/world.ts';
import { frozen, NOW } from '../builders.ts';
import { decide, settle } from '../simulate.ts';
import { worlds } from '../world-arbitraries.ts';

/** The object that a write changes. */
function objectOf(write: Write): string {
  if ('workload' in write) return `${write.workload.kind}/${write.workload.name}`;
  return 'pod' in write ? `Pod/${write.pod.name}` : 'gate';
}

const anyWorld = (holds: (world: World) => void) => fc.assert(fc.property(worlds, holds), { numRuns: 400 });

describe('decide, of any world', () => {
  it('never throws and changes nothing in what it is given', () => {
    anyWorld((world) => {
      frozen(world);
      expect(() => decide(world, NOW)).not.to.throw();
    });
  });

  it('gives the same plan for the same world', () => {
    anyWorld((world) => {
      const { comparisons: _, ...seen } = world;
      const again = { ...structuredClone(seen), comparisons: new KeptComparisons() };
      expect(decide(again, NOW)).to.deep.equal(decide(world, NOW));
    });
  });

  it('gives the same plan in whatever order Pods are seen', () => {
    anyWorld((world) => {
      const turned = { ...world, pods: world.pods.toReversed() };
      expect(decide(turned, NOW).status).to.deep.equal(decide(world, NOW).status);
      expect(decide(turned, NOW).writes).to.have.deep.members(decide(world, NOW).writes);
    });
  });

  it('writes each object once at most', () => {
    anyWorld((world) => {
      const objects = decide(world, NOW).writes.map(objectOf);
      expect(objects).to.deep.equal([...new Set(objects)]);
    });
  });

  it('puts nothing in and replaces nothing in the round that stores a render', () => {
    anyWorld((world) => {
      const { writes, status } = decide(world, NOW);
      const isLetting = (write: Write) =>
        write.do === 'open-pod' ||
        write.do === 'add-finalizer' ||
        (write.do === 'patch-workload' && write.additions.length === 0);
      const others = writes.filter((write) => !isLetting(write));
      if (status && status.render?.hash !== world.gate.status.render?.hash) expect(others).to.deep.equal([]);
    });
  });

  it('has a status that the schema lets through, in which the counts add up', () => {
    anyWorld((world) => {
      const { status } = decide(world, NOW);
      if (!status) return;
      expect(statusSchema.parse(status)).to.deep.equal(status);
      if (!status.pods || !world.gate.spec.valid) return;
      const { total, open, waiting, failed } = status.pods;
      expect(open + waiting + failed).to.equal(total);
    });
  });

  it('looks again only later, never at once', () => {
    anyWorld((world) => {
      const { next } = decide(world, NOW);
      if (next !== undefined) expect(next).to.be.greaterThan(0);
    });
  });

  it('deletes no Pod that is through', () => {
    anyWorld((world) => {
      for (const { writes } of settle(world, NOW).plans) {
        for (const write of writes) {
          if (write.do !== 'delete-pod') continue;
          const passed = write.pod.statuses.filter(
            ({ state }) => state.is === 'terminated' && state.exitCode === 0,
          );
          expect(passed.length, write.pod.name).to.be.lessThan(write.pod.containers.length);
        }
      }
    });
  });

  it('becomes silent after a few passes', () => {
    anyWorld((world) => {
      expect(settle(world, NOW).isSilent).to.equal(true);
    });
  });

  it('then has every target that can carry the render carry it, and nobody else', () => {
    anyWorld((before) => {
      const { gate, workloads, refusals } = settle(before, NOW).world;
      const { render } = gate.status;
      if (!gate.spec.valid || gate.spec.value.suspend || gate.deleting || refusals.length > 0 || !render)
        return;
      const targets = gate.spec.value.targets.map(({ kind = 'Deployment', name }) => `${kind}/${name}`);
      for (const [target, { template, deleting }] of workloads) {
        const injection = { gate: 'api', render, target };
        if (deleting || obstacle(template, injection)) continue;
        const isGone = template.annotations['gate.dependencygate.dev/api'] === undefined;
        const isToCarry = targets.includes(target) && gate.spec.value.placement !== 'Pod';
        if (isToCarry) expect(drift(template, injection), target).to.deep.equal([]);
        else expect(isGone, target).to.equal(true);
      }
    });
  });

  it('then has let go of a deleted gate, and left nothing of it in any template', () => {
    const held = worlds.filter(({ gate }) => gate.finalizers.length > 0);
    fc.assert(
      fc.property(held, (world) => {
        const settled = settle({ ...world, gate: { ...world.gate, deleting: true } }, NOW).world;
        const waitsForController = [...settled.workloads.values()].some(
          ({ observedGeneration, generation }) => observedGeneration < generation,
        );
        if (!waitsForController) expect(settled.gate.finalizers).to.deep.equal([]);
        for (const { template, deleting } of settled.workloads.values()) {
          if (deleting) continue;
          expect(template.annotations).not.to.have.property('gate.dependencygate.dev/api');
          expect(template.initContainers.filter((name) => name.startsWith('dgate-api--'))).to.deep.equal([]);
        }
      }),
      { numRuns: 400 },
    );
  });
});

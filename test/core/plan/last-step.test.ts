import { expect } from 'chai';
import fc from 'fast-check';
import { EVALUATOR } from '../../../src/core/expression/expression.ts';
import { decide } from '../../../src/core/plan/decide.ts';
import { isLastStep } from '../../../src/core/plan/last-step.ts';
import { NOW } from '../builders.ts';
import { worlds } from '../world-arbitraries.ts';

describe('isLastStep', () => {
  it('is true only of a plan that is made again as it is, once its status is stored', () => {
    const last = { seen: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const plan = decide(world, NOW, EVALUATOR);
        const { status } = plan;
        if (!status || !isLastStep(world, plan)) return;
        last.seen += 1;
        const stored = { ...world, gate: { ...world.gate, status } };
        expect(decide(stored, NOW, EVALUATOR)).to.deep.equal(plan);
      }),
      { numRuns: 1000 },
    );
    expect(last.seen).to.be.greaterThan(100);
  });
});

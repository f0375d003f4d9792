import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { GATE_STATES } from '../../src/api/metric-catalog.ts';
import { OPEN_REASONS, READY_REASONS, STALL_REASONS } from '../../src/api/reasons.ts';
import { statusSchema } from '../../src/api/status.ts';
import { gateState } from '../../src/core/status/gate-state.ts';
import { outputOf, useFolder, useProgram } from '../commands/programs.ts';
import { manifestFiles, read } from './manifests.ts';

/** As Argo CD's own repository has it, so that it can be given to them as it is. */
const FOLDER = 'config/argo-cd/resource_customizations/dependencygate.dev/DependencyGate';

const healthSchema = z.strictObject({ status: z.string(), message: z.string() });
const testsSchema = z.strictObject({
  tests: z.array(z.strictObject({ healthStatus: healthSchema, inputPath: z.string() })),
});
const gateSchema = z.looseObject({ status: statusSchema.optional() });

/** A value as Argo CD gives it to Lua: lists count from 1, and what is null is not there. */
function lua(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(lua).join(', ')}}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? undefined) ?? 'nil';
  return `{${Object.entries(value)
    .map(([key, one]) => `[${JSON.stringify(key)}] = ${lua(one)}`)
    .join(', ')}}`;
}

describe('the health of a gate in Argo CD', function () {
  this.timeout(30_000);
  const glua = useProgram('glua');
  const folder = useFolder();
  const { tests } = testsSchema.parse(parse(read(`${FOLDER}/health_test.yaml`)));
  const gates = new Map(
    tests.map(
      ({ inputPath }) => [inputPath, gateSchema.parse(parse(read(`${FOLDER}/${inputPath}`)))] as const,
    ),
  );
  const health = (gate: unknown): unknown => {
    const script = `obj = ${lua(gate)}
local health = (function()
${read(`${FOLDER}/health.lua`)}
end)()
print(health.status)
print(health.message)
`;
    folder.write({ 'run.lua': script });
    const [status, ...message] = outputOf([glua(), `${folder.path}/run.lua`])
      .trimEnd()
      .split('\n');
    return { status, message: message.join('\n') };
  };

  for (const { inputPath, healthStatus } of tests)
    it(`is ${healthStatus.status} with ${inputPath}`, () => {
      expect(health(gates.get(inputPath))).to.deep.equal(healthStatus);
    });

  it('is tried with each reason of Ready, Open and Stalled, and each file there is', () => {
    const reasons = [...gates.values()].flatMap(({ status }) =>
      status?.conditions?.map(({ reason }) => reason),
    );
    expect(reasons).to.include.members([...READY_REASONS, ...OPEN_REASONS, ...STALL_REASONS]);
    expect(tests.map(({ inputPath }) => `${FOLDER}/${inputPath}`)).to.have.members(
      manifestFiles(`${FOLDER}/testdata`),
    );
  });

  it('is Degraded where the metrics count it as stalled or failed, and is never green there', () => {
    for (const { inputPath, healthStatus } of tests) {
      const status = gates.get(inputPath)?.status;
      const state = status ? gateState(status) : 'unknown';
      expect(Object.keys(GATE_STATES)).to.include(state);
      expect(healthStatus.status === 'Degraded', inputPath).to.equal(['stalled', 'failed'].includes(state));
    }
  });
});

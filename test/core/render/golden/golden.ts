import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { type GateSpec, specSchema } from '../../../../src/api/spec.ts';
import { render } from '../../../../src/core/render/render.ts';
import { SETTINGS } from '../../builders.ts';

/**
 * What operators have stored in clusters, as the text of a file:
 *
 *     node test/core/render/golden/golden.ts     # writes renders.yaml anew
 *
 * Whoever does that has decided that each target with such a gate is rolled when its operator is upgraded.
 */

const gatesSchema = z.array(z.strictObject({ name: z.string(), spec: specSchema }));

const RENDERS = join(import.meta.dirname, 'renders.yaml');

const HEAD = `# What is stored of the gates in gates.yaml, and put into their targets. Where an operator renders a gate otherwise, its
# upgrade rolls every target of it.
`;

export interface GoldenGate {
  readonly name: string;
  readonly spec: GateSpec;
}

export function goldenGates(): GoldenGate[] {
  return gatesSchema.parse(parse(readFileSync(join(import.meta.dirname, 'gates.yaml'), 'utf8')));
}

export function storedRenders(): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(parse(readFileSync(RENDERS, 'utf8')));
}

export function rendersNow(): Record<string, unknown> {
  return Object.fromEntries(goldenGates().map(({ name, spec }) => [name, render(name, spec, SETTINGS)]));
}

if (import.meta.main)
  writeFileSync(
    RENDERS,
    `${HEAD}${stringify(rendersNow(), { lineWidth: 120, aliasDuplicateObjects: false })}`,
  );

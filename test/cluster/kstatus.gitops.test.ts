import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { statusSchema } from '../../src/api/status.ts';
import { manifestFiles, read } from '../config/manifests.ts';
import { kstatus, requireEngines } from './engines.ts';

const gateSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), generation: z.int() }),
  status: statusSchema.optional(),
});

describe('kstatus, by which Flux and Helm wait', function () {
  this.timeout(60_000);
  before('build it', function () {
    this.timeout(45 * 60_000);
    return requireEngines();
  });

  it('takes a gate for Current as soon as it is in force, for Failed where it is Stalled, and else waits', async () => {
    const files = manifestFiles('config/argo-cd');
    const gates = files
      .filter((file) => file.includes('/testdata/') && !file.endsWith('/unreported.yaml'))
      .map((file) => gateSchema.parse(parse(read(file))));
    const said = (await kstatus(gates)).map(({ status }) => status);
    expect(said).to.deep.equal(gates.map(expected));
    expect(new Set(said)).to.have.all.keys('Current', 'Failed', 'InProgress');
  });
});

function expected({ metadata, status = {} }: z.infer<typeof gateSchema>): string {
  const has = (type: string) => status.conditions?.some((one) => one.type === type && one.status === 'True');
  if (status.observedGeneration !== metadata.generation) return 'InProgress';
  if (has('Stalled')) return 'Failed';
  return has('Ready') ? 'Current' : 'InProgress';
}

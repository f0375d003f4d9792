import { expect } from 'chai';
import { QUEUE_LABEL, REQUIRE_LABEL, START_ANNOTATION } from '../../src/api/names.ts';
import type { TargetKind } from '../../src/api/spec.ts';
import type { Workload } from '../../src/core/model.ts';
import { projectWorkload } from '../../src/projections/project-workload.ts';

const TEMPLATE = { metadata: { labels: { [REQUIRE_LABEL]: 'first' } }, spec: {} };

function project(
  start: string | undefined,
  spec: object,
  labels = {},
  kind: TargetKind = 'Job',
  status: object = {},
): Workload {
  const annotations = start === undefined ? {} : { [START_ANNOTATION]: start };
  const metadata = {
    namespace: 'shop',
    name: 'migrate',
    uid: 'u',
    resourceVersion: '7',
    annotations,
    labels,
  };
  return projectWorkload(kind, { metadata, spec: { template: TEMPLATE, ...spec }, status });
}

describe('projectWorkload, of a Job that waits for gates', () => {
  const suspend = true;
  const cases: readonly (readonly [string, Workload['resumedBy'], ...Parameters<typeof project>])[] = [
    ['one that admission has suspended', 'operator', 'suspended', { suspend }],
    ['one that somebody else has suspended', 'others', 'waiting', { suspend }],
    [
      'one of a queue, whatever its annotation says',
      'others',
      'suspended',
      { suspend },
      { [QUEUE_LABEL]: 'q' },
    ],
    ['one of another manager', 'others', 'suspended', { suspend, managedBy: 'example.com/elsewhere' }],
    ['one that was resumed, and suspended again', undefined, 'released', { suspend }],
    ['one that nobody has annotated', undefined, undefined, { suspend }],
    ['one with a word that there is not', undefined, 'other', { suspend }],
    ['one that runs', undefined, 'suspended', {}],
    [
      'one whose user has taken the label off its template',
      undefined,
      'suspended',
      { suspend, template: { spec: {} } },
    ],
    ['a Deployment', undefined, 'suspended', { suspend }, {}, 'Deployment'],
  ];
  for (const [what, by, ...args] of cases) {
    it(`says who resumes ${what}: ${by ?? 'nobody has to for gates'}`, () => {
      expect(project(...args).resumedBy).to.equal(by);
    });
  }

  it('says of one that is suspended still after its gates came into force that it is released', () => {
    const released = (...args: Parameters<typeof project>) => project(...args).isReleased;
    expect(released('released', { suspend })).to.equal(true);
    expect(released('suspended', { suspend })).to.equal(false);
    expect(released('released', {}), 'one that runs').to.equal(false);
    expect(released('released', { suspend, parallelism: 'x' }), 'one that cannot be read').to.equal(false);
    const startTime = '2026-11-26T10:00:00Z';
    expect(released('released', { suspend }, {}, 'Job', { startTime }), 'one that has run').to.equal(false);
  });

  it('says of a Job that its gates came into force once, whether it runs or not', () => {
    const released = (...args: Parameters<typeof project>) => project(...args).wasReleased;
    for (const spec of [{ suspend }, {}, { parallelism: 'x' }])
      expect(released('released', spec)).to.equal(true);
    expect(released('suspended', { suspend })).to.equal(false);
    expect(released('released', {}, {}, 'Deployment')).to.equal(false);
  });
});

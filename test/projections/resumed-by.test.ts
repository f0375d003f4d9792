import { expect } from 'chai';
import { QUEUE_LABEL, START_ANNOTATION } from '../../src/api/names.ts';
import type { TargetKind } from '../../src/api/spec.ts';
import type { Workload } from '../../src/core/model.ts';
import { projectWorkload } from '../../src/projections/project-workload.ts';

function resumedBy(start: string | undefined, spec: object, labels = {}, kind: TargetKind = 'Job') {
  const annotations = start === undefined ? {} : { [START_ANNOTATION]: start };
  const metadata = {
    namespace: 'shop',
    name: 'migrate',
    uid: 'u',
    resourceVersion: '7',
    annotations,
    labels,
  };
  return projectWorkload(kind, { metadata, spec: { template: { spec: {} }, ...spec } }).resumedBy;
}

describe('projectWorkload, of a Job that waits for gates', () => {
  const suspend = true;
  const cases: readonly (readonly [string, Workload['resumedBy'], ...Parameters<typeof resumedBy>])[] = [
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
    ['a Deployment', undefined, 'suspended', { suspend }, {}, 'Deployment'],
  ];
  for (const [what, by, ...args] of cases) {
    it(`says who resumes ${what}: ${by ?? 'nobody has to for gates'}`, () => {
      expect(resumedBy(...args)).to.equal(by);
    });
  }
});

import { expect } from 'chai';
import { parseAllDocuments } from 'yaml';
import { validateGate } from '../../../src/api/gate.ts';
import { convertSources } from '../../../src/commands/convert/convert.ts';

const WAIT = {
  name: 'wait-for-db',
  image: 'a',
  command: ['sh', '-c', 'until nc -z db 5432; do sleep 1; done'],
};
const SETUP = { name: 'setup', image: 'a', command: ['cp', '/a', '/b'] };

function workload(kind: string, name: string, initContainers: readonly object[], namespace?: string) {
  const template = { spec: { initContainers, containers: [{ name: 'app', image: 'a' }] } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  const apiVersion = kind.endsWith('Job') ? 'batch/v1' : 'apps/v1';
  return { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, spec };
}

const convert = (...objects: readonly object[]) =>
  convertSources([{ name: 'x.yaml', text: objects.map((one) => JSON.stringify(one)).join('\n---\n') }]);
const gatesIn = (text: string) =>
  parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((one) => one !== null);

describe('convertSources', () => {
  it('proposes a gate that the API server takes, with a comment for each dependency', () => {
    const text = convert(workload('Deployment', 'web', [SETUP, WAIT], 'shop'));
    const [gate, ...more] = gatesIn(text);
    expect(more).to.deep.equal([]);
    expect(gate).to.deep.equal({
      apiVersion: 'dependencygate.dev/v1alpha1',
      kind: 'DependencyGate',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        targets: [{ name: 'web' }],
        dependencies: [{ name: 'db', tcp: { host: 'db', port: 5432 } }],
      },
    });
    expect(validateGate(gate).valid).to.equal(true);
    expect(text).to.match(/^# Take these init containers out of Deployment web when .*: wait-for-db\n/);
    expect(text).to.contain('    # wait-for-db: nc -z db 5432\n');
    expect(text).to.contain('before the init containers that stay; it came after some of them');
    expect(text).to.match(/stay where they are:\n# {3}Deployment web, setup: cp is not understood\n$/);
  });

  it('makes a check of the app’s own image from the app’s container, and says so', () => {
    const check = {
      name: 'wait-for-migrations',
      image: 'shop:7',
      args: ['airflow', 'db', 'check-migrations'],
    };
    const deployment = workload('Deployment', 'web', [check]);
    const containers = [{ name: 'scheduler', image: 'shop:7' }];
    const template = { spec: { initContainers: [check], containers } };
    const text = convert({ ...deployment, spec: { template } });
    const [gate] = gatesIn(text);
    expect(gate).to.have.deep.nested.property('spec.dependencies', [
      { name: 'migrations', container: { from: 'scheduler', args: check.args } },
    ]);
    expect(validateGate(gate).valid).to.equal(true);
    expect(text).to.contain('    # it runs the image of scheduler, and so the one of each release');
  });

  it('makes one gate for workloads of a namespace that wait for the same', () => {
    const text = convert(
      workload('Deployment', 'web', [WAIT]),
      workload('StatefulSet', 'cache', [WAIT]),
      workload('CronJob', 'nightly', [WAIT]),
      workload('Deployment', 'web', [WAIT], 'other'),
    );
    expect(gatesIn(text)).to.deep.include.members([]);
    const targets = gatesIn(text).map((gate) => JSON.stringify(gate).match(/"targets":(\[.*?\])/)?.[1]);
    expect(targets).to.deep.equal([
      '[{"name":"web"},{"kind":"StatefulSet","name":"cache"},{"kind":"CronJob","name":"nightly"}]',
      '[{"name":"web"}]',
    ]);
    for (const gate of gatesIn(text)) expect(validateGate(gate).valid).to.equal(true);
  });

  it('gives dependencies of one gate names of their own, and short ones', () => {
    const long = { ...WAIT, name: `wait-for-${'x'.repeat(60)}` };
    const text = convert(workload('Job', `job-${'y'.repeat(80)}`, [WAIT, { ...WAIT, name: 'db' }, long]));
    const [gate] = gatesIn(text);
    expect(JSON.stringify(gate).match(/"name":"(db.*?|x+)"/g)).to.deep.equal([
      '"name":"db"',
      '"name":"db-2"',
      `"name":"${'x'.repeat(27)}"`,
    ]);
    expect(validateGate(gate).valid).to.equal(true);
  });

  it('says what has to be corrected before the API server takes it', () => {
    const text = convert(workload('Deployment', 'web', [{ ...WAIT, command: ['nc', '-z', 'db', '70000'] }]));
    expect(text).to.match(/^# To be corrected: spec\.dependencies\[0\]\.tcp\.port/m);
  });

  it('has comments only where there is nothing to propose', () => {
    expect(convert(workload('Deployment', 'web', [SETUP]))).to.match(/^# Init containers that stay/);
    const nothing = '# There is no workload with init containers in the input.\n';
    expect(convert(workload('Deployment', 'web', []))).to.equal(nothing);
    expect(convert({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })).to.equal(nothing);
    expect(convertSources([])).to.equal(nothing);
  });

  it('looks into lists', () => {
    const text = convert({ apiVersion: 'v1', kind: 'List', items: [workload('DaemonSet', 'agent', [WAIT])] });
    expect(gatesIn(text)).to.have.length(1);
  });
});

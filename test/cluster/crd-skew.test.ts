import { expect } from 'chai';
import { z } from 'zod';
import type { JsonSchema } from '../../src/api/json-schema.ts';
import { OPERATOR_USER } from '../../src/api/names.ts';
import { definition, definitionOfBefore, having, lacking } from '../api/definition.ts';
import { deployment, dns, gate, service } from '../scenarios/manifests.ts';
import { established } from './established.ts';
import { eventually } from './eventually.ts';
import { startWatchedCluster, useStory } from './first-starts/cluster.ts';
import { requirePrograms } from './programs.ts';
import { CommandError } from './run-command.ts';
import { useCluster } from './use.ts';

const FIELDS = ['spec.suspend', 'status.targets.passed', 'status.dependencies.reason'];
const OLDER =
  /the CustomResourceDefinition dependencygates\.dependencygate\.dev is older than the operator and keeps no spec\.suspend, status\.targets\[\]\.passed, status\.dependencies\[\]\.reason: apply the one/;
const LIMIT_MS = 60_000;

const storedSchema = z.looseObject({ spec: z.looseObject({}), status: z.looseObject({}) });

/** Operator and CustomResourceDefinition are of two releases: for a moment in each upgrade, for long where one is forgotten. */
describe('operator and custom resource of different releases', function () {
  this.timeout(180_000);
  const cluster = useCluster(
    () => requirePrograms(process.env.KUBEBUILDER_ASSETS),
    () => startWatchedCluster(),
  );
  const { here, settle } = useStory(cluster);
  const serve = async (edit?: (gate: JsonSchema) => void) => {
    await cluster().controlPlane.kubectl(['replace', '--filename=-'], {
      input: JSON.stringify(definition(edit)),
    });
    await established(cluster().controlPlane);
  };
  const untilLacking = (fields: number) =>
    eventually(`the operator misses ${fields} fields`, LIMIT_MS, async () => {
      const found = await cluster().operator.gauge('dependency_gate_crd_lacking_fields');
      return found === fields ? true : undefined;
    });
  /** Has the operator look at the gate again, although nothing has changed. */
  const touch = async (name: string, value: number) => {
    await here().patch('DependencyGate', name, { metadata: { labels: { touched: String(value) } } });
    await settle(name);
  };
  const stored = async (name: string) => storedSchema.parse(await here().get('DependencyGate', name));

  it('an older custom resource is told of, written to no more than is kept, and its upgrade noticed', async () => {
    await serve(lacking(...FIELDS));
    await untilLacking(FIELDS.length);
    await here().create(service('api'), deployment('app'), gate('first', ['app'], [dns('api')]));
    await here().untilGate('first', { ready: 'True/InForce', readyMessage: OLDER, open: 'True/AllPassed' });
    await here().untilGate('first', { pods: '1/1', older: 0, ungated: 0, targets: 'app Current' });
    await settle('first');
    expect(JSON.stringify((await stored('first')).status)).to.not.contain('"passed":"');
    expect(cluster().operator.warnings.filter((words) => OLDER.test(words))).to.have.length(1);

    const before = (await here().answeredWrites()).length;
    for (const value of [1, 2, 3, 4, 5]) await touch('first', value);
    expect((await here().answeredWrites()).length, 'writes of five reconciles').to.equal(before);

    await serve();
    await untilLacking(0);
    await here().untilGate('first', { ready: 'True/InForce', readyMessage: /^(?!.*older than)/ });
    await settle('first');
    expect(JSON.stringify((await stored('first')).status)).to.contain('"passed":"');
    const { generation } = (await here().workload('app')).metadata;
    expect(generation, 'the target is as it was').to.equal(2);
    expect(cluster().operator.errors).to.be.empty;
  });

  it('an operator older than the custom resource loses no field of a gate, whatever it writes', async () => {
    await here().create(service('api'), deployment('app'), gate('first', ['app'], [dns('api')]));
    await here().untilGate('first', { open: 'True/AllPassed' });
    const { render } = (await stored('first')).status;
    await serve(having('spec.tomorrow', 'status.tomorrow'));
    // An API server knows a new field a moment after the definition has it.
    await eventually('the new fields are kept', LIMIT_MS, async () => {
      await here().patch('DependencyGate', 'first', { spec: { tomorrow: 'yes' } });
      await here().kubectl([
        ...['patch', 'dependencygate', 'first', '--subresource=status', '--type=merge'],
        ...['--patch={"status":{"tomorrow":"yes"}}', `--as=${OPERATOR_USER}`, '--as-group=system:masters'],
      ]);
      const { spec, status } = await stored('first');
      return spec.tomorrow === 'yes' && status.tomorrow === 'yes' ? true : undefined;
    });
    // A watch that began before that shows the gate without them: it is listed again.
    await eventually('the operator cannot read the gate', LIMIT_MS, async () => {
      const { conditions = [] } = (await here().gate('first')).status;
      return conditions.some(({ reason }) => reason === 'InvalidSpec') ? true : undefined;
    });
    for (const value of [1, 2]) await touch('first', value);
    const { spec, status } = await stored('first');
    expect([spec.tomorrow, status.tomorrow]).to.deep.equal(['yes', 'yes']);
    expect(status.render).to.deep.equal(render);
    expect((await here().workload('app')).metadata.generation).to.equal(2);
    await here().delete('DependencyGate', 'first');
    await serve();
  });

  it('a custom resource of before takes fields out of stored gates, so it is refused, with what to do', async () => {
    const replaced = (manifest: object) =>
      cluster()
        .controlPlane.run(['replace', '--filename=-'], { input: JSON.stringify(manifest) })
        .then(
          () => '',
          (error: unknown) => (error instanceof CommandError ? error.stderr : expect.fail(String(error))),
        );
    await here().create(gate('kept', ['app'], [dns('api')], { suspend: true }));
    await here().untilGate('kept', { ready: 'False/Suspended' });
    const older = definitionOfBefore('spec.suspend');
    expect(await replaced(older)).to.match(
      /is older than the one in the cluster: it has 1 fields of \d+, and gates would lose/,
    );
    await touch('kept', 1);
    expect((await stored('kept')).spec).to.include({ suspend: true });

    await here().kubectl(['delete', 'validatingadmissionpolicybinding', 'dependencygate-guard-crd']);
    await eventually('it is replaced', LIMIT_MS, async () =>
      (await replaced(older)) === '' ? true : undefined,
    );
    await untilLacking(1);
    await eventually('the field is gone', LIMIT_MS, async () => {
      await touch('kept', 2);
      return 'suspend' in (await stored('kept')).spec ? undefined : true;
    });
    await serve();
    await untilLacking(0);
    expect((await stored('kept')).spec).to.not.have.property('suspend');
  });
});

import { expect } from 'chai';
import type { Condition } from '../../../../src/api/status.ts';
import type { ExplainWorld } from '../../../../src/commands/explain/explain-world.ts';
import { ago, dns, gate, job, pod, refusal, statefulSet, tcp, workload } from '../../../core/builders.ts';
import { explained, section, steps } from '../explained.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
const pinger = workload('pinger').carrying(apiFirst);
const one = (name = 'pinger-1') => pod(name).of('pinger').carrying(apiFirst);
const NS = '-n my-namespace';
const OPERATOR = [
  'kubectl get pods -n dependency-gate-system',
  'kubectl logs deploy/dependency-gate-operator -n dependency-gate-system --tail=20',
];

/** The only step that there is. */
function only(world: ExplainWorld) {
  const all = steps(world);
  expect(all.map(({ text }) => text)).to.have.length(1);
  return { text: all[0]?.text ?? '', commands: all[0]?.commands ?? [] };
}

function condition(type: Condition['type'], reason: string, status: Condition['status'] = 'True'): Condition {
  return { type, status, reason, message: 'so it is', observedGeneration: 1, lastTransitionTime: ago(9) };
}

describe('what to do about the gate', () => {
  it('is nothing when it is open', () => {
    expect(only(explained(apiFirst, [pinger, one().open()]))).to.deep.equal({
      text: 'Nothing: the gate is open.',
      commands: [],
    });
  });

  it('is to see whether an operator runs where there is no status', () => {
    const { text, commands } = only(explained(apiFirst, [], { gate: { status: {} } }));
    expect(text).to.match(/^The gate has no status: no operator is running/);
    expect(commands).to.deep.equal(OPERATOR);
  });

  it('names whom the guards take for the operator, and looks there', () => {
    const world = explained(apiFirst, [], { gate: { status: {} } });
    const operator = { namespace: 'platform-ops', name: 'team-dependency-gate-operator' };
    const { text, commands } = only({ ...world, operator });
    expect(text).to.contain(
      'only system:serviceaccount:platform-ops:team-dependency-gate-operator may write the status',
    );
    expect(commands.map((command) => command.replace(/ --context=.*/, ''))).to.deep.equal([
      'kubectl get pods -n platform-ops',
      'kubectl logs deploy/team-dependency-gate-operator -n platform-ops --tail=20',
    ]);
  });

  it('is the same where the operator has not seen the last change', () => {
    const { text, commands } = only(explained(apiFirst, [pinger, one().open()], { gate: { generation: 3 } }));
    expect(text).to.contain('generation 3, the status speaks of 1');
    expect(commands).to.deep.equal(OPERATOR);
  });

  it('is to look at the operator where the gate is being deleted', () => {
    expect(only(explained(apiFirst.deleting(), [pinger])).text).to.match(/^The gate is being deleted/);
  });

  it('is to end the suspension', () => {
    const changed = apiFirst.dependsOn(dns('other')).suspended();
    const [first] = steps(explained(changed, [pinger]));
    expect(first?.commands).to.deep.equal([
      `kubectl patch dgate api-first --type=merge -p '{"spec":{"suspend":false}}' ${NS}`,
    ]);
  });

  it('is patience, and the log of the operator, while it patches', () => {
    const [first] = steps(explained(apiFirst, [workload('pinger')]));
    expect(first?.text).to.match(/bringing the gate into force/);
    expect(first?.commands).to.deep.equal(OPERATOR);
  });

  for (const [reason, advice] of [
    ['InvalidSpec', /CRD of the operator's version/],
    ['InvalidExpression', /Correct the expression/],
    ['DependencyCycle', /what closes the circle out/],
    ['InvalidRender', /Correct the container/],
    ['TargetRefused', /what makes the API server refuse/],
    ['AfterMissing', /Give that init container to the target, or correct spec\.after/],
    ['Conflict', /ignore init containers whose name starts with dgate-/],
    ['NoAdmission', /admission policies/],
    ['CrdOutdated', /CustomResourceDefinition of the operator's release/],
    ['OfTomorrow', /says what to change/],
  ] as const) {
    it(`is known for Stalled, ${reason}`, () => {
      const conditions = [condition('Ready', reason, 'False'), condition('Stalled', reason)];
      const status = { observedGeneration: 1, conditions };
      const { text, commands } = only(explained(apiFirst, [], { gate: { status } }));
      expect(text)
        .to.match(new RegExp(`^Stalled, ${reason}: `))
        .and.to.match(advice);
      const lists = 'kubectl get mutatingwebhookconfigurations';
      expect(commands).to.deep.equal([reason === 'Conflict' ? lists : `kubectl edit dgate api-first ${NS}`]);
    });
  }

  it('comes of what the operator itself says is stalled', () => {
    const refused = refusal('target', apiFirst, { target: 'Deployment/pinger', message: 'denied' });
    const [first] = steps(explained(apiFirst, [workload('pinger')], { refusals: [refused] }));
    expect(first?.text).to.match(/^Stalled, TargetRefused: /);
    const [invalid] = steps(explained(apiFirst.invalid('no'), []));
    expect(invalid?.text).to.match(/^Stalled, InvalidSpec: /);
  });

  it('is to take out what opened it by hand, once nothing waits any more', () => {
    const opened = apiFirst.specifying({ open: ['api', 'redis'] });
    expect(only(explained(opened, [pinger, one().open()]))).to.deep.equal({
      text: 'spec.open opens api and redis for later Pods too. When what it was for is over:',
      commands: [`kubectl patch dgate api-first --type=merge -p '{"spec":{"open":null}}' ${NS}`],
    });
    expect(only(explained(apiFirst.specifying({ open: ['*'] }), [pinger, one().open()])).text).to.contain(
      'all dependencies',
    );
  });

  it('is to look at the other gate in which the Pods wait', () => {
    const before = gate('a-first').targets('pinger').dependsOn(dns('db')).rendered();
    const both = pod('pinger-1').of('pinger').carrying(before, apiFirst).checking('a-first/db');
    expect(only(explained(apiFirst, [pinger, both])).commands).to.deep.equal([
      `kubectl dgate explain a-first ${NS}`,
    ]);
  });

  it('leads to the cluster that was asked', () => {
    const { commands } = only(
      explained(apiFirst, [], { gate: { status: {} }, explain: { flags: '--context=prod' } }),
    );
    expect(commands).to.deep.equal(OPERATOR.map((command) => `${command} --context=prod`));
  });
});

describe('what to do about targets', () => {
  it('is to make or to name right one that is missing', () => {
    const { text, commands } = only(explained(apiFirst, []));
    expect(text).to.match(/^Deployment pinger does not exist in my-namespace\. /);
    expect(commands).to.deep.equal([`kubectl get deployments,statefulsets,daemonsets,jobs,cronjobs ${NS}`]);
  });

  it('is to make a Job again', () => {
    const ofJob = gate('api-first').targets('Job/migrate').dependsOn(dns('api')).rendered();
    const [first] = steps(explained(ofJob, [job('migrate')]));
    expect(first?.commands).to.deep.equal([`kubectl delete job/migrate ${NS}`]);
  });

  it('is to resume a rollout that is paused and so keeps held Pods, and no other', () => {
    const held = pod('pinger-1').of('pinger').heldFor('api-first');
    const required = pinger.requiring('api-first');
    const paused = only(explained(apiFirst, [required.with({ paused: true }), held]));
    expect(paused.text).to.match(/^Deployment pinger has 1 Pod held, made while .* when it is resumed:$/);
    expect(paused.commands).to.deep.equal([`kubectl rollout resume deployment/pinger ${NS}`]);
    const [rolling] = steps(explained(apiFirst, [required, held]));
    expect(rolling?.text).to.match(/Others take their place\.$/);
    expect(rolling?.commands).to.deep.equal([`kubectl describe deployment/pinger ${NS}`]);
  });

  it('is to lower the partition that keeps held Pods', () => {
    const ofDb = gate('api-first').targets('StatefulSet/db').dependsOn(dns('api')).rendered();
    const db = statefulSet('db').requiring('api-first').carrying(ofDb).partition(1);
    const held = pod('db-0').of('StatefulSet/db').heldFor('api-first').revision('db-old');
    expect(only(explained(ofDb, [db, held])).commands).to.deep.equal([
      `kubectl patch statefulset/db --type=merge -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}' ${NS}`,
    ]);
  });

  it('is to wait for a template that does not carry the gate that its Pods are held for', () => {
    const held = pod('pinger-1').of('pinger').heldFor('api-first');
    const all = steps(explained(apiFirst, [workload('pinger').requiring('api-first'), held]));
    expect(all.at(-1)?.text).to.contain('The template does not carry it yet');
  });

  it('tells why Pods run without the gate', () => {
    const { text } = only(explained(apiFirst, [pinger.replicas(2), one().open()]));
    expect(text).to.match(/^Deployment pinger has 1 Pod without the gate, older than it\./);
    const first = pinger.replicas(2).with({ createdAt: ago(10) });
    const ungated = steps(explained(apiFirst, [first, one().open()], { firstStarts: 'patched' }));
    expect(ungated[0]?.text).to.contain('made before the containers were in its template');
  });

  it('is to let Pods be replaced that a gate with placement Pod leaves as they are, and no fault', () => {
    const inPods = apiFirst.specifying({ placement: 'Pod' });
    const bare = workload('pinger').replicas(2);
    const found = explained(inPods, [bare, one().open()]);
    const { text, commands } = only(found);
    expect(text).to.match(/^Deployment pinger has 1 Pod without the gate, made before it was in force\./);
    expect(commands).to.deep.equal([`kubectl rollout restart deployment/pinger ${NS}`]);
    expect(section(found, 'Targets')[0]).to.match(/^ {2}Placement Pod: new Pods get the gate/);
    const held = pod('pinger-2').of('pinger').heldFor('api-first', 'other');
    const all = steps(explained(inPods, [bare, held]));
    expect(all.map(({ text }) => text).join('\n')).to.contain(
      'made before all that they require was in force',
    );
  });

  it('is to look at one that gets no Pods', () => {
    const { commands } = only(explained(apiFirst, [pinger.with({ replicas: 0 })]));
    expect(commands).to.deep.equal([
      `kubectl describe deployment/pinger ${NS}`,
      `kubectl get events --field-selector type=Warning ${NS}`,
    ]);
  });
});

describe('what to do about Pods', () => {
  it('is to see why they failed for good', () => {
    const failed = one().with({ restartPolicy: 'Never' }).ended('api', { exitCode: 2 });
    const [first] = steps(explained(apiFirst, [pinger, failed]));
    expect(first?.text).to.match(/^1 Pod failed in the gate for good, .*: pinger-1\. A Job with tries left/);
    expect(first?.commands).to.deep.equal([`kubectl describe pod pinger-1 ${NS}`]);
  });

  it('is to look at one that finds no node, and not at what it would wait for', () => {
    const homeless = one().with({ unscheduled: 'Unschedulable: 0/3 nodes' });
    const { text, commands } = only(explained(apiFirst, [pinger, homeless]));
    expect(text).to.match(/^1 Pod has no node: pinger-1\. /);
    expect(commands).to.deep.equal([`kubectl describe pod pinger-1 ${NS}`]);
  });
});

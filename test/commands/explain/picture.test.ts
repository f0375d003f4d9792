import { expect } from 'chai';
import { ago, dns, gate, pod, tcp, workload } from '../../core/builders.ts';
import { explained, NO_SERVICE, printed, section, seenJob, seenService } from './explained.ts';

const apiFirst = gate('api-first').targets('pinger').dependsOn(dns('api'), tcp('redis', 6379)).rendered();
const pinger = workload('pinger').carrying(apiFirst);
const one = (name = 'pinger-1') => pod(name).of('pinger').carrying(apiFirst);

describe('the picture of a gate', () => {
  it('is whole: conditions, targets with their Pods, dependencies with what each says, and what to do', () => {
    const world = explained(
      apiFirst,
      [pinger, one().passed('api', '2026-01-01T11:55:48Z').checking('redis')],
      {
        observations: { redis: NO_SERVICE },
        logs: { redis: ['waiting for redis: NXDOMAIN'] },
      },
    );
    expect(printed(world)).to.equal(`DependencyGate my-namespace/api-first
  0 of 1 current Pod passed

Conditions
  Ready  True (InForce) for 0s: 1 of 1 target exists and carries the containers; first starts are
         gated by admission
  Open   False (Waiting) for 0s: 1 of 1 Pod waiting: redis blocks 1 (Service redis does not exist)

Targets
  Deployment pinger: Current; Pods: 1 waiting
    pinger-1  waits for redis for 4m12s

Dependencies, in this order
  1. api (dns api): Passed, 1 Pod passed
  2. redis (tcp redis:6379): Checking for 4m12s, since 2026-01-01T11:55:48Z
     keeps 1 Pod: pinger-1
     the operator sees: Service redis does not exist
     the log of pinger-1 ends:
       waiting for redis: NXDOMAIN

What to do next
  1. redis: Service redis does not exist in my-namespace. Create it, or correct the host in the
     gate.
       kubectl get services -n my-namespace
`);
  });

  it('shows what is known where the operator has said nothing', () => {
    const world = explained(apiFirst.withStatus({}), [], { gate: { status: {} } });
    expect(section(world, 'Conditions')).to.deep.equal(['  none']);
    expect(section(world, 'Targets')).to.deep.equal([
      '  Deployment pinger: the status does not speak of it yet',
    ]);
    expect(section(world, 'Dependencies')[0]).to.equal(
      '  1. api (dns api): the status does not speak of it yet',
    );
  });

  it('says what is wrong with a spec that cannot be read, and nothing of its parts', () => {
    const text = printed(explained(apiFirst.invalid('spec.targets: Required value'), []));
    expect(text).to.contain('  the spec cannot be read: spec.targets: Required value\n');
    expect(text).to.not.contain('Targets\n').and.not.to.contain('Dependencies');
  });

  it('says that the gate is suspended, or being deleted', () => {
    expect(printed(explained(apiFirst.suspended(), [pinger]))).to.contain('\n  is suspended: ');
    expect(printed(explained(apiFirst.deleting(), [pinger]))).to.contain('\n  is being deleted\n');
  });

  it('counts Pods that are not current', () => {
    const { status } = explained(apiFirst, [pinger]).gate;
    const pods = { total: 2, open: 1, waiting: 1, failed: 0, held: 3, older: 4, ungated: 5 };
    const world = explained(apiFirst, [pinger], { gate: { status: { ...status, pods } } });
    expect(printed(world).split('\n')[1]).to.equal(
      '  1 of 2 current Pods passed, 4 with an older version of the gate, 3 held, 5 without the gate',
    );
  });
});

describe('the Pods of a target', () => {
  const lines = (...pods: ReturnType<typeof pod>[]) =>
    section(explained(apiFirst, [pinger.replicas(pods.length), ...pods]), 'Targets').slice(1);
  const words = (of: ReturnType<typeof pod>) => lines(of)[0]?.replace('    pinger-1  ', '');

  for (const [what, of, expected] of [
    ['has passed', one().open(), 'passed'],
    [
      'did not wait, as its template had passed',
      one().open().openedForRun('redis', 1, ago(5), 'rollout'),
      'started without waiting for redis: its Pod template had passed before (when: Rollout)',
    ],
    ['checks', one().checking('api'), 'waits for api for 40s'],
    ['finds no node', one().with({ unscheduled: '0/3 nodes' }), 'not scheduled for 40s: 0/3 nodes'],
    ['is being deleted', one().checking('api').deleting(), 'is being deleted'],
    ['failed for good', one().with({ restartPolicy: 'Never' }).ended('api'), 'failed for good'],
    [
      'carries an older render',
      pod('pinger-1')
        .of('pinger')
        .carrying(gate('api-first').targets('pinger').dependsOn(dns('api')).rendered())
        .checking('api'),
      'waits for api for 40s, with an older version of the gate',
    ],
    ['is held', pod('pinger-1').of('pinger').heldFor('api-first'), 'held for 40s: made without the gate'],
  ] as const) {
    it(`tell of one that ${what}`, () => expect(words(of)).to.equal(expected));
  }

  it('tell of one that is held for another gate', () => {
    const held = pod('pinger-1').of('pinger').carrying(apiFirst).heldFor('api-first', 'other');
    const told = lines(held).map((line) => line.trim());
    expect(told).to.include('pinger-1  held for 40s: made without gate other');
  });

  it('tell of one that waits in a gate before this one', () => {
    const before = gate('a-first').targets('pinger').dependsOn(dns('db')).rendered();
    const both = pod('pinger-1').of('pinger').carrying(before, apiFirst).checking('a-first/db');
    expect(words(both)).to.equal('waits in gate a-first');
  });

  it("give the kubelet's words where they are not those that stand with the dependency", () => {
    const broken = one('b').starting('api', 'ImagePullBackOff', 'not found');
    expect(lines(one('a').starting('api', 'ErrImagePull'), broken)).to.deep.equal([
      '    a  waits for api for 40s',
      '    b  waits for api for 40s: ImagePullBackOff: not found',
    ]);
  });

  it('begin with those that wait, and end at ten', () => {
    const open = Array.from({ length: 10 }, (_, index) => one(`a${index}`).open());
    const shown = lines(...open, one('z1').checking('api'), one('z2').checking('api'));
    expect(shown.slice(0, 2).map((line) => line.trim().slice(0, 2))).to.deep.equal(['z1', 'z2']);
    expect(shown).to.have.length(11);
    expect(shown[10]).to.equal('    and 2 more Pods');
  });

  it('stand apart where they are of no target of the gate', () => {
    const copy = pod('copy-1').of('copy').carrying(apiFirst).checking('api');
    expect(section(explained(apiFirst, [pinger, copy]), 'Targets').slice(1)).to.deep.equal([
      '  Of no target:',
      '    copy-1  waits for api for 40s',
    ]);
  });

  it('may not be listed: that is said, and the status has the names', () => {
    const world = explained(apiFirst, [pinger, one().checking('api')], {
      explain: { pods: { unread: 'no', forbidden: true } },
    });
    expect(printed(world)).to.contain('You may not list the Pods of my-namespace');
    expect(section(world, 'Dependencies')[1]).to.equal('     keeps 1 Pod: pinger-1');
  });

  it('cannot be listed: why', () => {
    const world = explained(apiFirst, [pinger], {
      explain: { pods: { unread: 'HTTP 503', forbidden: false } },
    });
    expect(section(world, 'Targets').at(-1)).to.equal('  The Pods cannot be read: HTTP 503');
  });
});

describe('a dependency', () => {
  const lines = (...of: Parameters<typeof explained>) => section(explained(...of), 'Dependencies');

  it('names each check', () => {
    const all = gate('all')
      .targets('pinger')
      .dependsOn(
        { name: 'a', http: { url: 'https://api/healthz' } },
        { name: 'b', grpc: { host: 'api', port: 9 } },
        { name: 'c', service: { name: 'api' } },
        { name: 'd', resource: { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' } },
        { name: 'e', gate: { name: 'other' } },
        { name: 'f', container: { image: 'x:1', command: ['y'] } },
      )
      .rendered();
    expect(lines(all, []).flatMap((line) => /^ {2}\d\. \w \((.+?)\):/.exec(line)?.[1] ?? [])).to.deep.equal([
      'http https://api/healthz',
      'grpc api:9',
      'service api',
      'Job migrate',
      'gate other',
      'container x:1',
    ]);
  });

  it('is overdue', () => {
    const late = apiFirst.defaults({ overdueAfterSeconds: 30 }).rendered();
    const waiting = pod('pinger-1').of('pinger').carrying(late).checking('api');
    expect(lines(late, [pinger, waiting])[0]).to.match(/: Checking for 40s, since \S+, overdue$/);
  });

  it('keeps Pods, all of whose names are known, where the status has ten', () => {
    const pods = Array.from({ length: 12 }, (_, index) => one(`p${10 + index}`).checking('api'));
    const [, keeps = '', more] = lines(apiFirst, [pinger.replicas(12), ...pods]);
    expect(`${keeps} ${more}`).to.match(/keeps 12 Pods: p10, .*p19\s+and 2 more/);
  });

  it("has the container's words, the operator's hint and its evaluation apart", () => {
    const failed = one().failed('api', { exitCode: 9, message: 'no servers', restarts: 2 });
    expect(
      lines(apiFirst, [pinger, failed], { observations: { api: seenService('api', 0) } }),
    ).to.include.members([
      '     the operator sees: Service api has no ready endpoints',
      '     the Pod says: exit code 9 (Error), 2 restarts: no servers',
    ]);
    const evaluated = gate('evaluated')
      .targets('pinger')
      .dependsOn({ name: 'api', service: { name: 'api' } })
      .rendered();
    expect(lines(evaluated, [], { observations: { api: NO_SERVICE } })).to.include(
      '     evaluated by the operator: Service api does not exist',
    );
  });

  it('was opened, and by which way', () => {
    const bySpec = apiFirst.specifying({ open: ['api'] });
    const opened = one().opened('api').checking('api');
    expect(lines(bySpec, [pinger, opened])).to.include('     opened for 1 Pod by spec.open');
    const byHand = opened.with({
      writtenByOthers: { 'open.dependencygate.dev/api-first.api': '2026-01-01T00:00:00Z' },
    });
    const words = '     opened for 1 Pod by an annotation of the Pod';
    expect(lines(apiFirst, [pinger, byHand])).to.include(words);
    expect(lines(bySpec, [pinger, byHand]).join()).to.not.contain('spec.open');
    expect(lines(apiFirst, [pinger, opened]), 'by whom is not known').to.include(words);
  });

  it('remembers the Job that completed', () => {
    const resource = { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' };
    const migrated = gate('migrated').targets('pinger').dependsOn({ name: 'schema', resource }).rendered();
    const world = explained(migrated, [], { observations: { schema: seenJob('migrate', 'Complete') } });
    expect(section(world, 'Dependencies')).to.deep.equal([
      '  1. schema (Job migrate): Pending',
      '     evaluated by the operator: Job migrate completed',
      '     remembered: Job migrate completed (UID uid-of-migrate)',
    ]);
  });

  it('has a log that is empty, or cannot be read', () => {
    const around = [pinger, one().checking('api')];
    expect(lines(apiFirst, around, { logs: { api: [] } })).to.include(
      '     the log of pinger-1 is empty so far',
    );
    const logs = new Map([['api', { pod: 'pinger-1', lines: { unread: 'no such node', forbidden: false } }]]);
    expect(lines(apiFirst, around, { explain: { logs } })).to.include(
      '     the log of pinger-1 cannot be read: no such node',
    );
  });

  it('says once that logs may not be read', () => {
    const denied = { unread: 'pods "x" is forbidden', forbidden: true };
    const logs = new Map(['api', 'redis'].map((name) => [name, { pod: 'pinger-1', lines: denied }]));
    const shown = lines(apiFirst, [pinger, one().checking('api')], { explain: { logs } });
    expect(shown.filter((line) => line.includes('logs'))).to.deep.equal([
      '  You may not read logs (pods/log) in my-namespace.',
    ]);
  });
});

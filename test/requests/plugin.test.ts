import { join } from 'node:path';
import { expect } from 'chai';
import { type ListFlags, runList } from '../../src/commands/list/run-list.ts';
import { type OpenFlags, runOpen } from '../../src/commands/open/run-open.ts';
import { runStatus } from '../../src/commands/status/run-status.ts';
import type { Terminal } from '../../src/commands/terminal.ts';
import { useFolder } from '../commands/programs.ts';
import { deployment, dns, gate, service, tcp } from '../scenarios/manifests.ts';
import { isRunning } from '../scenarios/views.ts';
import { useFixture } from './fixture.ts';

describe('the plugin', function () {
  this.timeout(60_000);
  const { cluster, here } = useFixture();
  const folder = useFolder();

  /** A terminal that keeps what is printed, its kubeconfig being that of the sandbox. */
  function terminal() {
    folder.write({ config: cluster().server.kubeconfig });
    const printed: string[] = [];
    const notes: string[] = [];
    const of: Terminal = {
      env: { KUBECONFIG: join(folder.path, 'config') },
      print: async (text) => void printed.push(text),
      note: (line) => void notes.push(line),
    };
    return { of, printed, notes };
  }

  const never = () => new Promise<void>(() => {});
  const list = async (flags: Partial<ListFlags> = {}) => {
    const { of, printed, notes } = terminal();
    await runList({ output: 'table', namespace: here().name, ...flags }, of, never);
    return { text: printed.join(''), notes };
  };
  const open = async (dependencies: readonly string[], flags: OpenFlags = {}, name = 'first') => {
    const { of, printed } = terminal();
    await runOpen({ address: { namespace: here().name, name }, dependencies }, flags, of);
    return printed.join('');
  };
  const status = async (...[address, flags]: [Parameters<typeof runStatus>[0], object?]) => {
    const { of, printed } = terminal();
    await runStatus(address, { output: 'text', ...flags }, of);
    return printed.join('');
  };
  const hold = async () => {
    await here().create(deployment('pinger'), gate('first', ['pinger'], [dns('api'), tcp('redis', 6379)]));
    await here().untilGate('first', {
      open: 'False/Waiting',
      pods: '0/1',
      seen: /api: Service api does not/,
    });
  };
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : error),
    );

  describe('list', () => {
    it('is a table of what waits, here or everywhere', async () => {
      await hold();
      const [heading, line, ...more] = (await list()).text.trimEnd().split('\n');
      expect(heading).to.match(/^GATE +STATE +WAITING-FOR +CHECK +PODS +SINCE +WHY$/);
      expect(line).to.match(/^first +Waiting +api +dns api +1 +\d+s +Service api does not exist$/);
      expect(more).to.deep.equal([]);
      const { text } = await list({ allNamespaces: true });
      expect(text)
        .to.match(/^NAMESPACE +GATE /)
        .and.contain(`${here().name}   first `);
    });

    it('says so where nothing waits, and prints no table', async () => {
      expect(await list()).to.deep.equal({
        text: '',
        notes: [`There is no DependencyGate in namespace ${here().name}; --all-namespaces looks into all.`],
      });
      await here().create(gate('first', ['pinger'], [dns('api')]), deployment('pinger'), service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', targets: 'pinger Current' });
      expect((await list()).notes).to.deep.equal([
        `Nothing waits in namespace ${here().name}: 1 gate in force; --all-namespaces looks into all.`,
      ]);
    });

    it('is JSON or YAML for programs, an empty list where nothing waits', async () => {
      expect((await list({ output: 'json' })).text).to.equal('[]\n');
      await hold();
      const [wait] = JSON.parse((await list({ output: 'json' })).text);
      expect(wait).to.include({ gate: 'first', dependency: 'api', state: 'Waiting', pods: 1 });
      expect((await list({ output: 'yaml' })).text).to.contain('  dependency: api\n');
    });

    it('goes on with what changes, until it is ended', async () => {
      await hold();
      const { of, printed } = terminal();
      const { promise, resolve } = Promise.withResolvers<void>();
      const flags = { output: 'table', namespace: here().name, watch: true } as const;
      const listing = runList(flags, of, () => promise);
      await here().create(service('api'));
      const is = (line: RegExp) =>
        here().until(`a line ${line}`, () => printed.slice(1).find((text) => line.test(text)));
      await is(/^first +Waiting +redis +tcp redis:6379 +1 .*Service redis does not exist$/m);
      await is(/^first +Over +api +dns api +0 /m);
      await here().delete('DependencyGate', 'first');
      await is(/^first +Over +redis /m);
      resolve();
      await listing;
    });

    it('says which namespaces may not be listed, in one line', async () => {
      const path = /\/dependencygates\?limit/;
      const effect = { do: 'fail', status: 403, message: 'no' } as const;
      cluster().server.faults.add({ method: 'GET', path, effect });
      expect(await failure(list({ allNamespaces: true }))).to.match(
        /^you may not read the DependencyGates of all namespaces \(name one with --namespace\): no/,
      );
    });
  });

  describe('open', () => {
    it('opens for all Pods by the spec, and takes it back', async () => {
      await hold();
      expect(await open(['api', 'redis'])).to.equal(
        `DependencyGate ${here().name}/first: api, redis open for 1 Pod waiting now, and for all later ones
When it is over: kubectl dgate open ${here().name}/first api redis --undo
`,
      );
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1' });
      expect(await open(['redis'], { undo: true })).to.equal(
        `DependencyGate ${here().name}/first: spec.open names redis no more\n`,
      );
      expect((await here().gate('first')).spec).to.have.deep.property('open', ['api']);
      await open([], { all: true, undo: true });
      expect((await here().gate('first')).spec).to.not.have.property('open');
    });

    it('opens for one Pod by its annotation', async () => {
      await hold();
      const [pod] = await here().untilPods('pinger', 1, 'waits', (one) => isRunning(one, 'dgate-first--api'));
      const name = pod?.metadata.name ?? '';
      expect(await open(['api'], { pod: name })).to.equal(
        `Pod ${name}: annotated with open.dependencygate.dev/first.api\n`,
      );
      await here().untilGate('first', { waitingOn: 'redis' });
      expect((await here().gate('first')).spec).to.not.have.property('open');
    });

    it('writes nothing in a dry run', async () => {
      await hold();
      const before = (await here().gate('first')).metadata.generation;
      expect(await open(['api'], { dryRun: true })).to.contain('(dry run)');
      expect((await here().gate('first')).metadata.generation).to.equal(before);
    });

    it('is tried again where somebody else wrote the gate meanwhile', async () => {
      await hold();
      const path = /dependencygates\/first$/;
      const effect = { do: 'fail', status: 409, message: 'the object has been modified' } as const;
      cluster().server.faults.add({ method: 'PATCH', path, effect, times: 1 });
      await open(['api']);
      expect((await here().gate('first')).spec).to.have.deep.property('open', ['api']);
    });

    it('says what is not there', async () => {
      expect(await failure(open(['api']))).to.equal(`DependencyGate ${here().name}/first does not exist`);
      await hold();
      expect(await failure(open(['api'], { pod: 'gone' }))).to.equal(
        `Pod ${here().name}/gone does not exist`,
      );
    });
  });

  describe('status', () => {
    it('of a gate is its conditions, targets and dependencies', async () => {
      await hold();
      const text = await status({ namespace: here().name, name: 'first' });
      const lines = text.split('\n').map((line) => line.replaceAll(/ {3,}/g, '|'));
      expect(lines).to.include.members([
        'CONDITION|STATUS|SINCE|REASON|MESSAGE',
        'TARGET|STATE|PASSED|WAITING|HELD|WITHOUT|MESSAGE',
        'DEPENDENCY|CHECK|STATE|PASSED|WAITING|SINCE|ANSWER',
      ]);
      expect(text).to.match(/^api +dns api +Checking +0 +1 +\d+s +Service api does not exist$/m);
      expect(text).to.match(/^redis +tcp redis:6379 +Pending +0 +0 +- +-$/m);
    });

    it('is the status for programs, without what is put into Pods', async () => {
      await hold();
      const address = { namespace: here().name, name: 'first' };
      const read = JSON.parse(await status(address, { output: 'json' }));
      expect(read).to.include({ name: 'first', namespace: here().name });
      expect(read.dependencies[0]).to.include({ name: 'api', blocked: 1 });
      expect(read).to.not.have.property('render');
    });

    it('without a gate tells of the operator and counts the gates', async () => {
      await hold();
      expect(await status(undefined, { namespace: here().name })).to.contain(
        "Operator: works in the sandbox's own process, without a Deployment\n",
      );
      const labels = { 'app.kubernetes.io/name': 'dependency-gate' };
      await here().create(deployment('operator'));
      await here().patch('Deployment', 'operator', { metadata: { labels } });
      const text = await status(undefined, { namespace: here().name });
      expect(text).to.contain(`Gates in namespace ${here().name}: 1: 1 waiting\n`);
      expect(text).to.match(
        new RegExp(`^Operator ${here().name}/operator: \\d of 1 ready, registry.example/app:1$`, 'm'),
      );
      expect(text).to.match(
        /^Behind: the containers of 1 gate run .*, until their targets change: .*\/first$/m,
      );
    });
  });
});

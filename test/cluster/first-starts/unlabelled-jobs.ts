import { expect } from 'chai';
import { z } from 'zod';
import {
  REQUIRE_LABEL,
  START_ANNOTATION,
  START_RELEASED,
  START_SUSPENDED,
  START_WAITING,
} from '../../../src/api/names.ts';
import type { KubeObject } from '../../../src/sandbox/cluster.ts';
import { dns, gate, service } from '../../scenarios/manifests.ts';
import { useStory, type WatchedCluster } from './cluster.ts';
import { untilTold } from './events.ts';
import { job } from './manifests.ts';

const strings = z.record(z.string(), z.string()).default({});
const jobSchema = z.object({
  metadata: z.object({ annotations: strings }),
  spec: z.object({
    suspend: z.boolean().default(false),
    template: z.object({ metadata: z.object({ labels: strings }) }),
  }),
});

const PAIRS = 15;
const FIRST = gate('first', ['Job/migrate'], [dns('api')]);
const MIGRATE = job('migrate');
/** How it is created that is then applied in every way. */
const CREATED = ['on the client', 'on the server'];
const WITHOUT_LABEL = {
  spec: { suspend: false, template: { metadata: { labels: { [REQUIRE_LABEL]: null } } } },
};
const HELD = ['suspended', START_SUSPENDED, 'first'];
const STARTED = ['free', START_RELEASED, 'first'];

/** Jobs without the label, whose gate is stored and not in force yet. */
export function unlabelledJobs(on: () => WatchedCluster): void {
  describe('a Job without the label, whose gate is there and not in force', () => {
    const { here, everyPod, ungated, untilInForce } = useStory(on);

    /** Whether it is suspended, what its annotation says, and what its template requires. */
    const state = async () => {
      const { start, suspended, requires } = view(await here().get('Job', 'migrate'));
      return [suspended ? 'suspended' : 'free', start, requires];
    };
    const untilState = (wanted: readonly (string | undefined)[]) =>
      here().until(`the Job is ${wanted.join(', ')}`, async () =>
        String(await state()) === String(wanted) ? true : undefined,
      );
    const untilPod = () => here().until('it has a Pod', async () => (await everyPod('migrate'))[0]);
    const open = async () => {
      await here().create(service('api'));
      await here().untilGate('first', { open: 'True/AllPassed', pods: '1/1', ungated: 0 });
      expect(await ungated('migrate', 'first')).to.be.empty;
    };
    /** With the operator away: the gates, until admission knows them, and then the Job. */
    const comeWhileAway = async (create: () => Promise<unknown>, ...gates: readonly KubeObject[]) => {
      await on().operator.stop();
      await here().create(...gates);
      await here().until('admission knows the gates', async () => {
        const tried = ['create', '--dry-run=server', '-o=json', '-f=-'];
        const made = await here().kubectl(tried, JSON.stringify(MIGRATE));
        const { requires } = view(JSON.parse(made));
        return requires?.split('_').length === gates.length ? true : undefined;
      });
      await create();
    };
    const deleteGate = async () => {
      await here().delete('DependencyGate', 'first');
      await here().untilGone('DependencyGate', 'first');
    };

    it(`starts with it or is told of, of ${PAIRS} that come in one apply, the gate first`, async () => {
      const names = Array.from({ length: PAIRS }, (_, index) => `pair-${index}`);
      for (const name of names) await here().apply(gate(name, [`Job/${name}`], [dns('api')]), job(name));
      await here().create(service('api'));
      const found: string[] = [];
      for (const name of names) {
        await here().until(`${name} has a Pod`, async () => (await everyPod(name))[0]);
        if ((await ungated(name, name)).length > 0) found.push(name);
      }
      // A busy API server sees a gate later than the Job that comes some ms after it. Without the policy all are.
      expect(found.length).to.be.below(PAIRS / 2);
      for (const name of found) await here().untilGate(name, { targets: /Immutable/ });
    });

    it('starts at once where the gate is in force', async () => {
      await here().create(FIRST);
      await untilInForce(MIGRATE, 'first');
      await here().apply(MIGRATE);
      expect(await state()).to.deep.equal(['free', undefined, undefined]);
      await open();
    });

    it('waits for an operator that is away, and starts with the gate when it is back', async () => {
      await comeWhileAway(() => here().apply(MIGRATE), FIRST);
      expect(await state()).to.deep.equal(HELD);
      await on().operator.start();
      await untilState(STARTED);
      await here().untilGate('first', { open: 'False/Waiting', pods: '0/1', targets: 'migrate Current' });
      await open();
    });

    it('starts with all of several gates', async () => {
      const second = gate('second', ['Job/migrate'], [dns('api')], { placement: 'Pod' });
      await comeWhileAway(() => here().apply(MIGRATE), FIRST, second);
      await on().operator.start();
      expect([...(await untilPod()).gates].toSorted()).to.deep.equal(['first', 'second']);
    });

    it('is as it was for whoever applies it as it is in Git, whichever way and whenever', async () => {
      const serverSide = (object: KubeObject, ...options: readonly string[]) =>
        here().kubectl(['apply', '--server-side', ...options, '-f=-'], JSON.stringify(object));
      const explicit = changed({ suspend: false });
      const force = '--force-conflicts';
      const ways: Readonly<Record<string, () => Promise<unknown>>> = {
        'on the client': () => here().apply(MIGRATE),
        'on the client, with suspend: false': () => here().apply(explicit),
        'on the server': () => serverSide(MIGRATE),
        'on the server, by force, with suspend: false': () => serverSide(explicit, force),
        'on the server, by another manager': () =>
          serverSide(MIGRATE, force, '--field-manager=argocd-controller'),
      };
      /** Twice each, since one that takes over from another may find its own the second time. */
      const applyAgain = async (first: string, wanted: readonly string[]) => {
        for (const _ of ['once', 'once more'])
          for (const [way, apply] of Object.entries(ways)) {
            await apply();
            expect(await state(), `created ${first}, applied again ${way}`).to.deep.equal(wanted);
          }
      };
      for (const [first, create] of Object.entries(ways).filter(([way]) => CREATED.includes(way))) {
        await comeWhileAway(create, FIRST);
        await applyAgain(first, HELD);
        await on().operator.start();
        await untilState(STARTED);
        await applyAgain(first, STARTED);
        await deleteGate();
        await applyAgain(first, STARTED);
        expect(await ungated('migrate', 'first')).to.be.empty;
        await here().delete('Job', 'migrate');
        await here().untilGone('Job', 'migrate');
      }
    });

    it('starts without a gate that is deleted before it is in force', async () => {
      await comeWhileAway(() => here().apply(MIGRATE), FIRST);
      await here().patch('DependencyGate', 'first', { spec: { suspend: true } });
      await on().operator.start();
      await here().until('the gate is held until it is cleaned up', async () =>
        (await here().gate('first')).metadata.finalizers.length > 0 ? true : undefined,
      );
      expect(await state()).to.deep.equal(HELD);
      await deleteGate();
      await untilState(STARTED);
      expect((await untilPod()).wasHeld).to.equal(false);
    });

    it('says in an Event that it waits for one that was deleted before the operator saw it, and starts without the label', async () => {
      await comeWhileAway(() => here().apply(MIGRATE), FIRST);
      await deleteGate();
      await on().operator.start();
      const { note } = await untilTold(here(), 'HeldWithoutGate');
      expect(note).to.contain('Job migrate is suspended for gate first, which does not exist: create it');
      await here().patch('Job', 'migrate', WITHOUT_LABEL);
      expect((await untilPod()).wasHeld).to.equal(false);
    });

    it('waits for the gate again where it is deleted and created anew', async () => {
      await comeWhileAway(() => here().apply(MIGRATE), FIRST);
      await here().delete('Job', 'migrate');
      await here().untilGone('Job', 'migrate');
      await here().apply(MIGRATE);
      expect(await state()).to.deep.equal(HELD);
      await on().operator.start();
      await untilState(STARTED);
      await open();
    });

    it('is theirs to resume who suspend it, once the gate is in force', async () => {
      await comeWhileAway(() => here().apply(changed({ suspend: true })), FIRST);
      expect(await state()).to.deep.equal(['suspended', START_WAITING, 'first']);
      await on().operator.start();
      await untilState(['suspended', START_RELEASED, 'first']);
      await here().patch('Job', 'migrate', { spec: { suspend: false } });
      await open();
    });
  });
}

function changed(spec: object): KubeObject {
  return { ...MIGRATE, spec: Object.assign({}, MIGRATE.spec, spec) };
}

function view(object: unknown) {
  const { metadata, spec } = jobSchema.parse(object);
  return {
    suspended: spec.suspend,
    start: metadata.annotations[START_ANNOTATION],
    requires: spec.template.metadata.labels[REQUIRE_LABEL],
  };
}

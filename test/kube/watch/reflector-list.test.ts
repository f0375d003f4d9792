import { expect } from 'chai';
import {
  added,
  bookmark,
  deleted,
  errorEvent,
  failure,
  initialEnd,
  LiveWatch,
  modified,
  page,
  thing,
} from '../client/misbehaving-server.ts';
import { settled } from '../manual-clock.ts';
import { until } from '../until.ts';
import { ReflectorRig, usual } from './reflector-rig.ts';

describe('Reflector, listing and projecting', () => {
  let rig: ReflectorRig;

  beforeEach(() => {
    rig = new ReflectorRig();
  });

  afterEach(() => rig.stop());

  const synced: ReflectorRig['synced'] = (...steps) => rig.synced(...steps);

  describe('listing by a watch', () => {
    it('shows all at once when the initial events have ended, as initial changes', async () => {
      const live = new LiveWatch(added(thing('a', '1', 'one')));
      rig.server.script(live.step);
      const reflector = await rig.start();
      await live.send(
        added(thing('b', '2', 'two')),
        deleted(thing('a', '3')),
        added(thing('c', '4', 'three')),
      );
      await until('something has come', () => rig.clock.pending.includes(10_000));
      expect(reflector.hasSynced).to.equal(false);
      expect(rig.content).to.equal('');
      await live.send(initialEnd('5'));
      expect(await reflector.synced).to.equal(true);
      expect(reflector.hasSynced).to.equal(true);
      expect(rig.content).to.equal('b=two c=three');
      expect(rig.changes.map(({ initial }) => initial)).to.deep.equal([true, true]);
      await rig.asked('watch initial');
    });

    it('goes on as the watch, with changes that are not initial', async () => {
      const live = usual();
      await synced(live.step);
      expect(rig.news).to.deep.equal(['added a', 'added b']);
      await live.send(
        modified(thing('a', '6', 'new')),
        deleted(thing('b', '7')),
        added(thing('c', '8', 'three')),
      );
      await rig.shows('a=new c=three');
      expect(rig.changes.map(({ initial }) => initial)).to.deep.equal([false, false, false]);
      expect(rig.news).to.deep.equal(['updated a', 'removed b', 'added c']);
      await rig.asked('watch initial');
    });

    for (const status of [400, 422]) {
      it(`pages lists at once when the server refuses it with ${status}, and does not ask for it again`, async () => {
        const lists = [page([thing('a', '1', 'one')], '5', 'c'), page([thing('b', '2', 'two')], '5')];
        await synced(failure(status, 'Invalid'), ...lists, failure(410, 'Expired'), page([], '9'));
        expect(rig.content).to.equal('a=one b=two');
        await rig.pauses(800);
        await rig.shows('');
        await rig.asked('watch initial', 'list', 'list continue=c', 'watch from=5', 'list', 'watch from=9');
        expect(rig.errors).to.deep.equal([]);
      });
    }

    it('pages lists when the server ignores the wish: its events end with a bookmark like any other', async () => {
      const live = new LiveWatch(added(thing('ghost', '1', 'x')), bookmark('3'));
      await synced(live.step, page([thing('a', '1', 'one')], '5'));
      expect(rig.content).to.equal('a=one');
      await rig.asked('watch initial', 'list', 'watch from=5');
      await until('the first watch is closed', () => live.closed);
    });

    it('pages lists when the server ignores the wish and is silent after its events', async () => {
      rig.server.script(
        new LiveWatch(added(thing('ghost', '1', 'x'))).step,
        page([thing('a', '1', 'one')], '5'),
      );
      await rig.start();
      await rig.pauses(10_000);
      await rig.shows('a=one');
      await rig.asked('watch initial', 'list', 'watch from=5');
    });

    it('pages lists when a line of it cannot be read', async () => {
      const live = new LiveWatch(added(thing('a', '1', 'one')));
      rig.server.script(live.step, page([thing('a', '1', 'one')], '5'));
      await rig.start();
      await live.sendText('{"type":"ADDED","obj\n');
      await rig.pauses(800);
      await rig.shows('a=one');
      await rig.asked('watch initial', 'list', 'watch from=5');
      expect(rig.errors.map(({ name }) => name)).to.deep.equal(['MalformedEvent']);
    });

    it('begins again when it was cut in its midst, and shows nothing of it', async () => {
      const live = new LiveWatch(added(thing('ghost', '1', 'x')));
      rig.server.script(live.step, usual().step);
      await rig.start();
      await live.cut();
      await rig.pauses(800);
      await rig.shows('a=one b=two');
      expect(rig.news).to.deep.equal(['added a', 'added b']);
      await rig.asked('watch initial', 'watch initial');
    });
  });

  describe('projecting', () => {
    it('leaves out what is of no interest, and removes what has become so', async () => {
      const live = new LiveWatch(
        added(thing('a', '1', 'boring')),
        added(thing('b', '2', 'two')),
        initialEnd('5'),
      );
      await synced(live.step);
      expect(rig.content).to.equal('b=two');
      await live.send(modified(thing('a', '6', 'one')), modified(thing('b', '7', 'boring')));
      await rig.shows('a=one');
    });

    it('reports an object that it cannot read, keeps its last readable version, and goes on', async () => {
      const live = usual();
      const relist = new LiveWatch(
        added(thing('b', '9', 'poison')),
        added(thing('new', '9', 'poison')),
        initialEnd('9'),
      );
      await synced(live.step, relist.step);
      await live.send(modified(thing('a', '6', 'poison')), modified(thing('b', '7', 'poison')));
      await live.send(deleted(thing('a', '8', 'poison')));
      await rig.shows('b=two');
      expect(rig.errors.map(({ message }) => message)).to.deep.equal([
        'cannot read ns/a',
        'cannot read ns/b',
      ]);
      await live.send(errorEvent(410, 'Expired'));
      await rig.pauses(800);
      await until('the list is taken', () => rig.errors.length === 4);
      await settled();
      expect(rig.content).to.equal('b=two');
    });

    it('reports a listener that fails, lists again, and goes on', async () => {
      const live = usual();
      await synced(live.step, new LiveWatch(added(thing('a', '6', 'new')), initialEnd('9')).step);
      const leave = rig.store.subscribe(() => {
        leave();
        throw new Error('broken');
      });
      await live.send(modified(thing('a', '6', 'new')));
      await rig.pauses(800);
      await rig.shows('a=new');
      expect(rig.errors).to.have.length(1);
    });
  });
});

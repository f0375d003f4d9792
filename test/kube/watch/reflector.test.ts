import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import {
  added,
  bookmark,
  errorEvent,
  failure,
  hangUp,
  initialEnd,
  LiveWatch,
  modified,
  page,
  text,
  thing,
} from '../client/misbehaving-server.ts';
import { until } from '../until.ts';
import { ReflectorRig, usual } from './reflector-rig.ts';

describe('Reflector', () => {
  let rig: ReflectorRig;

  beforeEach(() => {
    rig = new ReflectorRig();
  });

  afterEach(() => rig.stop());

  const synced: ReflectorRig['synced'] = (...steps) => rig.synced(...steps);

  describe('watching', () => {
    it('goes on from the last bookmark at once when the server ends the watch', async () => {
      const live = usual();
      const next = new LiveWatch();
      await synced(live.step, next.step);
      await live.send(bookmark('40'));
      await live.end();
      await next.send(modified(thing('a', '41', 'new')));
      await rig.shows('a=new b=two');
      await next.end();
      await rig.asked('watch initial', 'watch from=40', 'watch from=41');
      expect(rig.errors).to.deep.equal([]);
    });

    it('goes on from the last event when the connection is cut in the midst of a line', async () => {
      const live = usual();
      const next = new LiveWatch(modified(thing('b', '7', 'newer')));
      await synced(live.step, next.step);
      await live.send(modified(thing('a', '6', 'new')));
      await live.sendText('{"type":"MODIFIED","object":{"meta');
      await rig.shows('a=new b=two');
      await live.cut();
      await rig.pauses(800);
      await rig.shows('a=new b=newer');
      await rig.asked('watch initial', 'watch from=6');
      expect(rig.errors[0]).to.include({ status: 0, reason: 'NetworkError' });
    });

    it('takes a silent connection for dead after 100 s, and bookmarks for life', async () => {
      const live = usual();
      await synced(live.step, new LiveWatch(modified(thing('a', '6', 'new'))).step);
      await rig.clock.advance(60_000);
      await live.send(bookmark('5'));
      await until('the limit is set again', () => rig.clock.pending.includes(100_000));
      await rig.clock.advance(99_999);
      await rig.asked('watch initial');
      await rig.clock.advance(1);
      await rig.pauses(800);
      await rig.shows('a=new b=two');
      expect(rig.errors[0]).to.include({ reason: 'Idle', message: 'the watch was silent for 100 s' });
      await until('the dead connection is closed', () => live.closed);
    });

    for (const [how, steps] of [
      ['as an answer', [failure(410, 'Gone')]],
      ['as an event', [new LiveWatch(errorEvent(410, 'Expired')).step]],
    ] as const) {
      it(`lists again after 410 ${how}, and removes what is no longer there`, async () => {
        const live = usual();
        const relist = new LiveWatch(
          added(thing('a', '1', 'one')),
          added(thing('c', '9', 'three')),
          initialEnd('20'),
        );
        await synced(live.step, ...steps, relist.step);
        await live.send(bookmark('6'));
        await live.end();
        expect(rig.news).to.deep.equal(['added a', 'added b']);
        await rig.pauses(800);
        await rig.shows('a=one c=three');
        expect(rig.news).to.deep.equal(['removed b', 'added c']);
        await rig.asked('watch initial', 'watch from=6', 'watch initial');
        expect(rig.errors).to.deep.equal([]);
      });
    }

    it('shows the old objects until the new list is whole', async () => {
      const live = usual();
      const slow = new LiveWatch(added(thing('a', '9', 'new')));
      await synced(
        live.step,
        slow.step,
        new LiveWatch(added(thing('z', '9', 'last')), initialEnd('30')).step,
      );
      await live.send(errorEvent(410, 'Expired'));
      await rig.pauses(800);
      await until('part of the list has come', () => rig.clock.pending.includes(10_000));
      expect(rig.content).to.equal('a=one b=two');
      await slow.cut();
      await rig.pauses(1600);
      await rig.shows('z=last');
      expect(rig.news.slice(2)).to.deep.equal(['removed a', 'removed b', 'added z']);
    });

    it('lists again after a line that is no event: what it was about is unknown', async () => {
      const live = usual();
      await synced(live.step, new LiveWatch(added(thing('a', '9', 'new')), initialEnd('30')).step);
      await live.sendText('{"type":"MODIF\n');
      await rig.pauses(800);
      await rig.shows('a=new');
      await rig.asked('watch initial', 'watch initial');
      expect(rig.errors.map(({ name }) => name)).to.deep.equal(['MalformedEvent']);
    });

    it('goes on where it was after an ERROR event that is not 410', async () => {
      const live = usual();
      await synced(live.step, new LiveWatch(modified(thing('a', '6', 'new'))).step);
      await live.send(errorEvent(500, 'InternalError'));
      await rig.pauses(800);
      await rig.shows('a=new b=two');
      await rig.asked('watch initial', 'watch from=5');
      expect(rig.errors[0]).to.include({ status: 500 });
    });

    it('ignores types of events that it does not know', async () => {
      const live = usual();
      await synced(live.step);
      await live.send({ type: 'PRAISED', object: thing('a', '6', 'new') }, added(thing('c', '7', 'three')));
      await rig.shows('a=one b=two c=three');
    });
  });

  describe('relist', () => {
    const again = (...words: readonly string[]) =>
      new LiveWatch(
        ...words.map((word, index) => added(thing('ab'[index] ?? '', `${index + 1}`, word))),
        initialEnd('30'),
      );

    it('lists again at once, takes what it says also for versions that are known, and goes on from there', async () => {
      const live = usual();
      const next = again('one', 'more');
      const reflector = await synced(live.step, next.step);
      expect(rig.news).to.deep.equal(['added a', 'added b']);
      reflector.relist();
      await rig.shows('a=one b=more');
      await next.send(modified(thing('a', '31', 'new')));
      await rig.shows('a=new b=more');
      await rig.asked('watch initial', 'watch initial');
      expect(rig.news).to.deep.equal(['updated a', 'updated b', 'updated a']);
      expect([rig.errors, rig.clock.pending.includes(800)]).to.deep.equal([[], false]);
    });

    it('takes known versions for known again after that', async () => {
      const [live, next] = [usual(), again('one', 'more')];
      const reflector = await synced(live.step, next.step, again('one', 'less').step);
      reflector.relist();
      await rig.shows('a=one b=more');
      await next.send(errorEvent(410, 'Expired'));
      await rig.pauses(800);
      await rig.asked('watch initial', 'watch initial', 'watch initial');
      await rig.shows('a=one b=more');
    });

    it('begins anew where a list is under way, whose objects may be of before', async () => {
      const [live, half] = [usual(), new LiveWatch(added(thing('a', '1', 'half')))];
      const reflector = await synced(live.step, half.step, again('one', 'more').step);
      reflector.relist();
      await rig.asked('watch initial', 'watch initial');
      reflector.relist();
      await rig.shows('a=one b=more');
      await rig.asked('watch initial', 'watch initial', 'watch initial');
    });

    it('is not forgotten where the list fails', async () => {
      const live = usual();
      const reflector = await synced(
        live.step,
        failure(503, 'ServiceUnavailable'),
        again('one', 'more').step,
      );
      reflector.relist();
      await rig.pauses(800);
      await rig.shows('a=one b=more');
      await rig.asked('watch initial', 'watch initial', 'watch initial');
    });
  });

  describe('pausing', () => {
    it('waits longer after each failure, reports each, and never gives up', async () => {
      const failures = [
        failure(500, 'InternalError'),
        hangUp,
        text('bad', 502),
        failure(401, 'Unauthorized'),
      ];
      rig.server.script(...failures, failure(403, 'Forbidden'), failure(403, 'Forbidden'), usual().step);
      await rig.start();
      for (const ms of [800, 1600, 3200, 6400, 12_800, 25_600]) await rig.pauses(ms);
      await rig.shows('a=one b=two');
      const statuses = rig.errors.map((error) => ('status' in error ? error.status : error));
      expect(statuses).to.deep.equal([500, 0, 502, 401, 403, 403]);
      await rig.asked(...Array(7).fill('watch initial'));
    });

    it('waits as long as a 429 asks', async () => {
      rig.server.script(failure(429, 'TooManyRequests', { 'Retry-After': '17' }), usual().step);
      await rig.start();
      await rig.pauses(17_000);
      await rig.shows('a=one b=two');
      await rig.asked('watch initial', 'watch initial');
    });

    it('waits before it takes up a watch that ended at once and brought nothing', async () => {
      const live = usual();
      const empty = new LiveWatch();
      await synced(live.step, empty.step, new LiveWatch(modified(thing('a', '6', 'new'))).step);
      await live.end();
      await empty.end();
      await rig.pauses(800);
      await rig.shows('a=new b=two');
      await rig.asked('watch initial', 'watch from=5', 'watch from=5');
      expect(rig.errors).to.deep.equal([]);
    });

    it('does not wait after a quiet watch that lasted', async () => {
      const live = usual();
      const quiet = new LiveWatch(bookmark('5'));
      await synced(live.step, quiet.step);
      await live.end();
      await rig.asked('watch initial', 'watch from=5');
      await until('the quiet watch runs', () => rig.clock.pending.includes(100_000));
      await rig.clock.advance(60_000);
      await quiet.end();
      await rig.asked('watch initial', 'watch from=5', 'watch from=5');
    });

    it('lists again when a page has expired, and shows nothing of the pages before', async () => {
      const first = page([thing('ghost', '1', 'x')], '5', 'c');
      rig.server.script(
        failure(400, 'BadRequest'),
        first,
        failure(410, 'Expired'),
        page([thing('a', '1', 'one')], '9'),
      );
      await rig.start();
      await rig.pauses(800);
      await rig.shows('a=one');
      expect(rig.news).to.deep.equal(['added a']);
      await rig.asked('watch initial', 'list', 'list continue=c', 'list', 'watch from=9');
      expect(rig.errors).to.deep.equal([]);
    });

    it('does not wait for ever for the rest of a failure', async () => {
      const endless = (response: ServerResponse) => {
        response.writeHead(500);
        response.write('{"kind":"Status",');
      };
      rig.server.script(endless, usual().step);
      await rig.start();
      await rig.pauses(15_000);
      await until('its connection is closed', () => rig.server.open === 0);
      await rig.pauses(800);
      await rig.shows('a=one b=two');
      expect(rig.errors[0]).to.include({ status: 0, reason: 'Timeout' });
    });

    it('waits for a slow list up to its deadline', async () => {
      rig.server.script(failure(400, 'BadRequest'), () => {}, page([thing('a', '1', 'one')], '9'));
      await rig.start();
      await rig.asked('watch initial', 'list');
      await rig.pauses(15_000);
      await rig.pauses(800);
      await rig.shows('a=one');
      expect(rig.errors[0]).to.include({ status: 0, reason: 'Timeout' });
    });
  });

  describe('stop', () => {
    it('ends a watch and closes its connection; the store stays', async () => {
      const live = usual();
      const reflector = await synced(live.step);
      await reflector.stop();
      await until('the watch is closed', () => live.closed);
      expect(rig.content).to.equal('a=one b=two');
      expect(rig.clock.pending).to.deep.equal([]);
      expect(rig.errors).to.deep.equal([]);
    });

    it('ends a pause, a list, and a request without an answer', async () => {
      for (const steps of [[hangUp], [failure(400, 'BadRequest'), () => {}], [() => {}]]) {
        const each = new ReflectorRig();
        each.server.script(...steps);
        const reflector = await each.start();
        await until('all is asked', () => each.server.story.length === steps.length);
        await reflector.stop();
        expect(await reflector.synced).to.equal(false);
        expect(each.clock.pending).to.deep.equal([]);
        await each.stop();
      }
    });
  });
});

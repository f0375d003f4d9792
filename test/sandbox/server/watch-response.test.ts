import { expect } from 'chai';
import { at, list } from '../../../src/sandbox/server/json.ts';
import {
  brief,
  CONFIG_MAPS,
  configMap,
  MERGE,
  meta,
  namesIn,
  type Sandbox,
  sandbox,
  type Watch,
  watch,
} from './fixture.ts';

describe('streamWatch', () => {
  let server: Sandbox;
  const open: Watch[] = [];
  beforeEach(async () => {
    server = await sandbox({ historyLimit: 10, bookmarkPeriodMs: 5 });
  });
  afterEach(async () => {
    for (const one of open.splice(0)) one.close();
    await server.stop();
  });

  const start = async (query: string, headers = {}) => {
    const started = await watch(`${server.url}${CONFIG_MAPS}?watch=true&${query}`, headers);
    open.push(started);
    return started;
  };
  const create = (name: string, labels = {}) =>
    server.call('POST', CONFIG_MAPS, configMap(name, { metadata: { name, labels } }));
  const label = (name: string, labels: unknown) =>
    server.call('PATCH', `${CONFIG_MAPS}/${name}`, { metadata: { labels } }, { 'content-type': MERGE });
  const version = async () => String(meta((await server.call('GET', CONFIG_MAPS)).body).resourceVersion);

  it('begins with what is there, and goes on with every change', async () => {
    await create('a');
    const { next } = await start('');
    expect(brief(await next(1))).to.deep.equal(['ADDED a']);
    await create('b');
    await label('b', { x: 'y' });
    await server.call('DELETE', `${CONFIG_MAPS}/a`);
    expect(brief(await next(3))).to.deep.equal(['ADDED b', 'MODIFIED b', 'DELETED a']);
  });

  it('begins after a given version', async () => {
    await create('a');
    const after = await version();
    await create('b');
    expect(brief(await (await start(`resourceVersion=${after}`)).next(1))).to.deep.equal(['ADDED b']);
  });

  it('says nothing of writes that change nothing', async () => {
    await create('a', { x: 'y' });
    const { next } = await start(`resourceVersion=${await version()}`);
    await label('a', { x: 'y' });
    await label('a', { x: 'z' });
    const [event] = await next(1);
    expect(at(event?.object, 'metadata', 'labels', 'x')).to.equal('z');
  });

  it('adds and deletes objects as they begin and cease to match the selector', async () => {
    await create('a');
    const { next } = await start('labelSelector=on=yes');
    await label('a', { on: 'yes' });
    await label('a', { on: 'yes', more: 'x' });
    await label('a', { on: null });
    expect(brief(await next(3))).to.deep.equal(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  it('selects one object by its name', async () => {
    const { next } = await start('fieldSelector=metadata.name=b');
    await create('a');
    await create('b');
    expect(brief(await next(1))).to.deep.equal(['ADDED b']);
  });

  it('ends the initial events with an annotated bookmark', async () => {
    await create('a');
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const [added, bookmark] = await (await start(query)).next(2);
    expect(brief(added ? [added] : [])).to.deep.equal(['ADDED a']);
    expect(bookmark?.type).to.equal('BOOKMARK');
    expect(bookmark?.object).to.deep.include({ kind: 'ConfigMap', apiVersion: 'v1' });
    expect(meta(bookmark?.object)).to.deep.equal({
      resourceVersion: await version(),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    });
  });

  it('wants sendInitialEvents together with resourceVersionMatch', async () => {
    expect((await server.call('GET', `${CONFIG_MAPS}?watch=true&sendInitialEvents=true`)).status).to.equal(
      400,
    );
  });

  it('sends bookmarks of the current version where they are allowed', async () => {
    const { next } = await start(`resourceVersion=${await version()}&allowWatchBookmarks=true`);
    const [bookmark] = await next(1);
    expect([bookmark?.type, meta(bookmark?.object).resourceVersion]).to.deep.equal([
      'BOOKMARK',
      await version(),
    ]);
  });

  it('ends with 410 as an ERROR event when the version is older than the history', async () => {
    for (let index = 0; index < 12; index++) await create(`a${index}`);
    const [error, ...more] = await (await start('resourceVersion=1')).next(2);
    expect(error?.type).to.equal('ERROR');
    expect(error?.object).to.deep.include({ kind: 'Status', code: 410, reason: 'Expired' });
    expect(more).to.deep.equal([]);
  });

  it('ends with 410 after a compaction', async () => {
    const before = await version();
    await create('a');
    server.compact();
    const [error] = await (await start(`resourceVersion=${before}`)).next(1);
    expect(error?.object.code).to.equal(410);
  });

  it('ends after timeoutSeconds', async () => {
    expect(await (await start('timeoutSeconds=1')).next(1)).to.deep.equal([]);
  });

  it('sends tables to clients that ask for them', async () => {
    await create('a');
    const [event] = await (await start('', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })).next(
      1,
    );
    expect(event?.object.kind).to.equal('Table');
    expect(list(at(list(event?.object.rows)[0], 'cells'))[0]).to.equal('a');
  });

  describe('listing', () => {
    const get = async (query: string) => (await server.call('GET', `${CONFIG_MAPS}?${query}`)).body;

    it('lists in the order of names, without the kind of each item', async () => {
      for (const name of ['b', 'a']) await create(name);
      const body = await get('');
      expect(body).to.deep.include({ kind: 'ConfigMapList', apiVersion: 'v1' });
      expect(namesIn(body)).to.deep.equal(['a', 'b']);
      expect(list(body.items)[0]).to.not.have.any.keys('kind', 'apiVersion');
    });

    it('lists all namespaces', async () => {
      await create('a');
      expect(namesIn((await server.call('GET', '/api/v1/configmaps')).body)).to.deep.equal(['a']);
    });

    it('pages, and keeps the version of the first page', async () => {
      for (const name of ['a', 'b', 'c']) await create(name);
      const first = await get('limit=2');
      expect([namesIn(first), meta(first).remainingItemCount]).to.deep.equal([['a', 'b'], 1]);
      await create('d');
      const second = await get(`limit=2&continue=${meta(first).continue}`);
      expect([namesIn(second), meta(second).continue]).to.deep.equal([['c', 'd'], undefined]);
      expect(meta(second).resourceVersion).to.equal(meta(first).resourceVersion);
    });

    it('refuses a continue token that is older than the history, or none', async () => {
      for (const name of ['a', 'b']) await create(name);
      const token = meta(await get('limit=1')).continue;
      await create('c');
      server.compact();
      expect(await get(`continue=${token}`)).to.deep.include({ code: 410, reason: 'Expired' });
      expect(await get('continue=nonsense')).to.deep.include({ code: 400 });
    });

    const SELECTORS: readonly (readonly [string, readonly string[]])[] = [
      ['a=1', ['x']],
      ['a==1', ['x']],
      ['a!=1', ['y', 'z']],
      ['a', ['x', 'y']],
      ['!a', ['z']],
      ['a in (1,2)', ['x', 'y']],
      ['a notin (1)', ['y', 'z']],
      ['a in (1,2),b=1', ['y']],
      ['', ['x', 'y', 'z']],
    ];
    for (const [selector, names] of SELECTORS) {
      it(`selects ${names.join(', ')} by the labels "${selector}"`, async () => {
        await create('x', { a: '1' });
        await create('y', { a: '2', b: '1' });
        await create('z');
        expect(namesIn(await get(`labelSelector=${encodeURIComponent(selector)}`))).to.deep.equal(names);
      });
    }

    it('refuses selectors that it cannot read, or of fields that the kind cannot be selected by', async () => {
      expect(await get('labelSelector=a+b+c')).to.deep.include({ code: 400 });
      expect(await get('fieldSelector=data.x=y')).to.deep.include({
        code: 400,
        message: 'field label not supported: data.x',
      });
    });
  });
});

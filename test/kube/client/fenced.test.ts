import { expect } from 'chai';
import { classifyFailure, levelOfEvent } from '../../../src/controller/failures.ts';
import type { Connection, HttpAnswer, Init } from '../../../src/kube/client/connection.ts';
import { fenced, isFenced } from '../../../src/kube/client/fenced.ts';

const METHODS: readonly Init['method'][] = ['GET', 'POST', 'PATCH', 'DELETE'];

describe('fenced', () => {
  let sent: string[];
  let isClosed: boolean;
  const connection: Connection = {
    fetch: async (path, { method }): Promise<HttpAnswer> => {
      sent.push(`${method} ${path}`);
      return {
        status: 200,
        contentType: undefined,
        retryAfter: undefined,
        text: async () => '{}',
        bytes: async () => new Uint8Array(),
        chunks: (async function* () {})(),
      };
    },
    close: async () => {
      isClosed = true;
    },
  };
  const { signal } = new AbortController();

  beforeEach(() => {
    sent = [];
    isClosed = false;
  });

  it('sends everything for as long as it may', async () => {
    for (const method of METHODS) await fenced(connection, () => true).fetch('/a', { method, signal });
    expect(sent).to.deep.equal(['GET /a', 'POST /a', 'PATCH /a', 'DELETE /a']);
  });

  it('sends nothing but reading once it may not, and is asked each time', async () => {
    let mayWrite = true;
    const one = fenced(connection, () => mayWrite);
    await one.fetch('/a', { method: 'PATCH', signal });
    mayWrite = false;
    for (const method of METHODS.slice(1)) {
      const error = await one.fetch('/b', { method, signal }).catch((thrown: unknown) => thrown);
      expect(isFenced(error), method).to.equal(true);
    }
    await one.fetch('/c', { method: 'GET', signal });
    expect(sent).to.deep.equal(['PATCH /a', 'GET /c']);
  });

  it('is no fault that anybody is told of', async () => {
    const error = await fenced(connection, () => false)
      .fetch('/a', { method: 'POST', signal })
      .catch((thrown: unknown) => thrown);
    expect(classifyFailure(error).level).to.equal('debug');
    expect(levelOfEvent(error)).to.equal('debug');
  });

  it('closes nothing that others use', async () => {
    await fenced(connection, () => true).close();
    expect(isClosed).to.equal(false);
  });
});

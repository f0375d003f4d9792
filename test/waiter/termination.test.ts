import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { leaveMessage, terminationMessage, terminationMessageOfAll } from '../../src/waiter/termination.ts';
import { type DependencyResult, wholeResult } from '../../src/waiter/whole-result.ts';

const outcome = z.enum(['satisfied', 'opened', 'overdue', 'stopped']);
const dependency = z.object({
  ...{ name: z.string(), check: z.string(), outcome, attempts: z.number(), seconds: z.number() },
  ...{ lastError: z.string().optional(), answer: z.string().optional() },
});
const messageSchema = z.object({ outcome, dependencies: z.array(dependency).optional() });

describe('terminationMessage', () => {
  it('is one line of JSON: the check and the result', () => {
    const message = terminationMessage({
      name: 'api',
      check: 'dns api',
      outcome: 'satisfied',
      attempts: 3,
      seconds: 4.012,
      lastError: 'NXDOMAIN',
      answer: '10.0.0.1',
    });
    expect(message).to.equal(
      '{"check":"dns api","outcome":"satisfied","attempts":3,"seconds":4.012,"lastError":"NXDOMAIN","answer":"10.0.0.1"}',
    );
  });

  it('is shorter than what the kubelet reads, however long the answers are', () => {
    // What `wait` cuts answers to, in characters of three bytes, and the longest URL that a gate may have.
    const long = '…'.repeat(300);
    const result = {
      name: 'api',
      check: `http OPTIONS ${'a'.repeat(2048)}`,
      outcome: 'stopped',
      attempts: 1e9,
      seconds: 1e9,
      lastError: long,
      answer: long,
    } as const;
    const message = terminationMessage(result);
    expect(Buffer.byteLength(message)).to.be.below(4096);
  });
});

describe('terminationMessageOfAll', () => {
  const api: DependencyResult = {
    name: 'api',
    ...{ check: 'dns api', outcome: 'satisfied', attempts: 2, seconds: 1, lastError: 'NXDOMAIN' },
    answer: '10.0.0.1',
  };
  const read = (results: readonly DependencyResult[]) =>
    messageSchema.parse(JSON.parse(terminationMessageOfAll(wholeResult(results))));

  it('is one line of JSON: the whole, and each dependency in the order in which they were given', () => {
    const db: DependencyResult = {
      name: 'db',
      ...{ check: 'tcp db:1', outcome: 'overdue', attempts: 9, seconds: 3.2 },
    };
    expect(terminationMessageOfAll(wholeResult([api, db]))).to.equal(
      '{"outcome":"satisfied","seconds":3.2,"dependencies":[' +
        '{"name":"api","check":"dns api","outcome":"satisfied","attempts":2,"seconds":1,"lastError":"NXDOMAIN","answer":"10.0.0.1"},' +
        '{"name":"db","check":"tcp db:1","outcome":"overdue","attempts":9,"seconds":3.2}]}',
    );
  });

  it('says that it was stopped where one was, whatever became of the others', () => {
    expect(read([api, { ...api, name: 'db', outcome: 'stopped' }])).to.deep.include({ outcome: 'stopped' });
  });

  const text = (most: number) => fc.string({ unit: fc.constantFrom('a', '"', '…', '😀'), maxLength: most });
  const results = (most: number) =>
    fc.uniqueArray(
      fc.record({
        name: fc.stringMatching(/^[a-z]{1,53}$/),
        check: text(2100),
        outcome: fc.constantFrom('satisfied', 'opened', 'overdue', 'stopped'),
        attempts: fc.nat(),
        seconds: fc.nat().map((milliseconds) => milliseconds / 1000),
        lastError: text(300),
        answer: text(300),
      }),
      { minLength: 1, maxLength: most, size: 'max', selector: ({ name }) => name },
    );

  it('is shorter than what the kubelet reads, and tells how each of a gate has ended, however long texts are', () => {
    const outcomes = (all: readonly Pick<DependencyResult, 'name' | 'outcome'>[]) =>
      all.map(({ name, outcome }) => ({ name, outcome }));
    fc.assert(
      fc.property(results(16), (all) => {
        const message = terminationMessageOfAll(wholeResult(all));
        expect(Buffer.byteLength(message)).to.be.below(4096);
        expect(message.isWellFormed()).to.equal(true);
        expect(outcomes(read(all).dependencies ?? [])).to.deep.equal(outcomes(all));
      }),
    );
  });

  it('cuts the longest texts first, and none where all of it is short', () => {
    const long = { ...api, name: 'web', answer: 'x'.repeat(300) };
    const all = Array.from({ length: 10 }, (_, index) => ({ ...long, name: `web-${index}` }));
    expect(read([api, long]).dependencies).to.deep.equal([api, long]);
    const cut = read([api, ...all]).dependencies ?? [];
    expect(cut[0]).to.deep.equal(api);
    const [length, ...others] = new Set(cut.slice(1).map(({ answer = '' }) => answer.length));
    expect(length).to.be.within(20, 100);
    expect(others).to.deep.equal([]);
  });

  it('leaves room for the messages of five other containers, as far as short answers do', () => {
    const all = Array.from({ length: 8 }, (_, index) => ({ ...api, name: `web-${index}` }));
    const long = all.map((one) => ({ ...one, answer: 'x'.repeat(300), lastError: 'x'.repeat(300) }));
    expect(Buffer.byteLength(terminationMessageOfAll(wholeResult(long)))).to.be.at.most(12_288 / 6);
  });

  it('tells the outcome of more dependencies than a gate may have, by itself where it must', () => {
    const all = Array.from({ length: 200 }, (_, index) => ({ ...api, name: `web-${index}` }));
    expect(JSON.parse(terminationMessageOfAll(wholeResult(all)))).to.deep.equal({
      outcome: 'satisfied',
      seconds: 1,
    });
  });
});

describe('leaveMessage', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'termination-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('writes into the file that the kubelet has put there, in place of what was in it', async () => {
    const file = join(folder, 'log');
    await writeFile(file, 'something longer than the message');
    leaveMessage(file, 'message');
    expect(await readFile(file, 'utf8')).to.equal('message');
  });

  it('makes no file of its own', async () => {
    leaveMessage(join(folder, 'log'), 'message');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('does not fail where it cannot write', () => {
    expect(() => leaveMessage(folder, 'message')).not.to.throw();
  });
});

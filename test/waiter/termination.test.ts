import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { leaveMessage, terminationMessage } from '../../src/waiter/termination.ts';

describe('terminationMessage', () => {
  it('is one line of JSON: the check and the result', () => {
    const message = terminationMessage('dns api', {
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
      outcome: 'stopped',
      attempts: 1e9,
      seconds: 1e9,
      lastError: long,
      answer: long,
    } as const;
    const message = terminationMessage(`http OPTIONS ${'a'.repeat(2048)}`, result);
    expect(Buffer.byteLength(message)).to.be.below(4096);
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

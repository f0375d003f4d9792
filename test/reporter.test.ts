import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

/** Each is a suite of its own process: `jobs` is how mocha runs it. */
const WAYS = { 'one after the other': [], 'side by side': ['--parallel', '--jobs', '2'] };

const SUITE = `
let tries = 0;
describe('a suite', () => {
  it('passes', () => {});
  it('passes at last', () => { if (tries++ === 0) throw new Error('too early'); });
  it('never passes', () => { throw new Error('broken'); });
  it.skip('is not run', () => {});
});
`;

describe('the reporter that counts', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dependency-gate-reporter-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const count = (...options: readonly string[]): unknown => {
    const [suite, counts] = [join(folder, 'suite.mjs'), join(folder, 'counts.json')];
    writeFileSync(suite, SUITE);
    const reporter = ['--reporter', 'test/reporter.ts', '--reporter-option', `counts=${counts}`];
    const mocha = ['node_modules/mocha/bin/mocha.js', ...reporter, ...options, suite];
    expect(() => execFileSync(process.execPath, mocha, { stdio: 'pipe' })).to.throw();
    return JSON.parse(readFileSync(counts, 'utf8'));
  };

  for (const [way, jobs] of Object.entries(WAYS)) {
    it(`tells what passed only when it was tried again, and how it failed first, ${way}`, () => {
      expect(count('--retries', '1', ...jobs)).to.deep.equal({
        passed: 2,
        failed: 1,
        skipped: 1,
        failures: ['a suite › never passes\n    broken'],
        unstable: ['a suite › passes at last\n    too early'],
      });
    });

    it(`calls failed what is tried once only, ${way}`, () => {
      expect(count(...jobs)).to.deep.include({ passed: 1, failed: 2, unstable: [] });
    });
  }
});

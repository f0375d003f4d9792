import { expect } from 'chai';
import { pino } from 'pino';
import { logVersion, remarkOn, TESTED_MINORS } from '../../src/controller/tested-versions.ts';
import { ApiError } from '../../src/kube/api-error.ts';
import { VERSIONS } from '../cluster/versions.ts';

const { oldest, newest } = TESTED_MINORS;
const remark = (minor: number, major = 1) => remarkOn({ major, minor, name: `v${major}.${minor}.0` });

describe('TESTED_MINORS', () => {
  it('are the oldest and the newest release that the tests run on', () => {
    const minors = VERSIONS.map(({ version }) => Number(version.split('.')[1]));
    expect(TESTED_MINORS).to.deep.equal({ oldest: Math.min(...minors), newest: Math.max(...minors) });
  });
});

describe('remarkOn', () => {
  it('says nothing of what is tested', () => {
    for (let minor = oldest; minor <= newest; minor++) expect(remark(minor)).to.equal(undefined);
  });

  it('says of a newer one what to watch', () => {
    for (const words of [remark(newest + 1), remark(0, 2)]) {
      expect(words).to.contain(`newer than any that this release is tested with (1.${newest})`);
      expect(words).to.contain('dependency_gate_admission_acting').and.to.contain('AdmissionSkipped');
    }
  });

  it('says of an older one what to see to', () => {
    expect(remark(oldest - 1)).to.contain(`older than any that this release is tested with (1.${oldest})`);
  });
});

describe('logVersion', () => {
  const told = async (version: () => Promise<unknown>) => {
    const lines: { level: number; msg: string; kubernetes?: string }[] = [];
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) });
    await logVersion({ version }, log);
    return lines.map(({ level, msg, kubernetes = '-' }) => `${level} ${kubernetes} ${msg.slice(0, 24)}`);
  };
  const answers = (major: string, minor: string) => async () => ({
    ...{ major, minor, gitVersion: `v${major}.${minor}.1`, platform: 'linux/amd64' },
  });

  it('says which version it is, and of one that is not tested what to watch', async () => {
    expect(await told(answers('1', `${newest}`))).to.deep.equal([
      `30 v1.${newest}.1 the version of Kubernete`,
    ]);
    expect(await told(answers('1', `${newest + 1}+`))).to.deep.equal([
      `40 v1.${newest + 1}+.1 Kubernetes v1.${newest + 1}+.1 is n`,
    ]);
  });

  it('says so where it is not told, and goes on', async () => {
    const refused = () => Promise.reject(new ApiError({ status: 403, reason: 'Forbidden', message: 'no' }));
    for (const version of [refused, answers('one', 'x'), async () => 'not JSON'])
      expect(await told(version)).to.deep.equal(['40 - failed to ask for the ve']);
  });
});

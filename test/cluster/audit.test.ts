import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readAudit } from './audit.ts';

describe('readAudit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-audit-'));
  const file = join(folder, 'audit.log');
  after(() => rmSync(folder, { recursive: true }));

  const patch = {
    stage: 'ResponseComplete',
    requestURI: '/apis/apps/v1/namespaces/default/deployments/web/status?dryRun=All',
    verb: 'patch',
    user: { username: 'system:serviceaccount:default:someone', groups: ['system:authenticated'] },
    objectRef: {
      resource: 'deployments',
      namespace: 'default',
      name: 'web',
      apiGroup: 'apps',
      subresource: 'status',
    },
    responseStatus: { code: 200 },
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC' },
  };

  it('says who did what to which resource, and how it was answered', () => {
    writeFileSync(file, `${JSON.stringify(patch)}\n`);
    expect(readAudit(file)).to.deep.equal([
      {
        stage: 'ResponseComplete',
        user: 'system:serviceaccount:default:someone',
        verb: 'patch',
        group: 'apps',
        resource: 'deployments',
        subresource: 'status',
        namespace: 'default',
        name: 'web',
        uri: '/apis/apps/v1/namespaces/default/deployments/web/status?dryRun=All',
        code: 200,
        allowed: true,
      },
    ]);
  });

  it('leaves empty what a request does not have', () => {
    writeFileSync(
      file,
      `${JSON.stringify({ stage: 'ResponseStarted', requestURI: '/readyz', verb: 'get', user: {} })}\n`,
    );
    expect(readAudit(file)).to.have.length(1);
    expect(readAudit(file)[0]).to.include({ user: '', group: '', resource: '', name: '', code: 0 });
  });

  it('does not read a line that is still being written', () => {
    writeFileSync(file, `${JSON.stringify(patch)}\n${JSON.stringify(patch).slice(0, 50)}`);
    expect(readAudit(file)).to.have.length(1);
  });
});

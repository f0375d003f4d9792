import { expect } from 'chai';
import { collectionPath, nameOf, objectPath, queryOf, versionPath } from '../../src/kube/resource.ts';

const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespaced: true };
const pods = { group: '', version: 'v1', plural: 'pods', namespaced: true };
const nodes = { group: '', version: 'v1', plural: 'nodes', namespaced: false };

describe('versionPath', () => {
  it('knows the core group, and lets no name leave its place', () => {
    expect(versionPath('', 'v1')).to.equal('/api/v1');
    expect(versionPath('batch', 'v1')).to.equal('/apis/batch/v1');
    expect(versionPath('a/../b', 'v1?x')).to.equal('/apis/a%2F..%2Fb/v1%3Fx');
  });
});

describe('collectionPath', () => {
  it('knows the core group, namespaces, and resources without one', () => {
    expect(collectionPath(deployments, 'ns')).to.equal('/apis/apps/v1/namespaces/ns/deployments');
    expect(collectionPath(deployments, undefined)).to.equal('/apis/apps/v1/deployments');
    expect(collectionPath(pods, 'ns')).to.equal('/api/v1/namespaces/ns/pods');
    expect(collectionPath(nodes, 'ns')).to.equal('/api/v1/nodes');
  });
});

describe('objectPath', () => {
  it('names the object and the subresource, and lets no name leave its place', () => {
    expect(objectPath(pods, { namespace: 'ns', name: 'a' }, 'status')).to.equal(
      '/api/v1/namespaces/ns/pods/a/status',
    );
    expect(objectPath(pods, { namespace: '../x', name: 'a/b?c' })).to.equal(
      '/api/v1/namespaces/..%2Fx/pods/a%2Fb%3Fc',
    );
  });
});

describe('queryOf', () => {
  it('leaves out what is undefined and escapes the rest', () => {
    expect(queryOf({ a: undefined })).to.equal('');
    expect(queryOf({ limit: 5, watch: true, labelSelector: 'a in (b,c)' })).to.equal(
      '?limit=5&watch=true&labelSelector=a+in+%28b%2Cc%29',
    );
  });
});

describe('nameOf', () => {
  it('is group, version and plural', () => {
    expect([nameOf(deployments), nameOf(pods)]).to.deep.equal(['apps/v1/deployments', 'v1/pods']);
  });
});

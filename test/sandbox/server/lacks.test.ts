import { expect } from 'chai';
import { customResourceDefinition } from '../../../src/api/crd.ts';
import { LACKS, type Lack } from '../../../src/sandbox/server/lacks.ts';
import { read } from '../../config/manifests.ts';
import { CONFIG_MAPS, configMap, MERGE, type Sandbox, sandbox } from './fixture.ts';

const BATCH = '/apis/batch/v1/namespaces/default';
const NETWORKING = '/apis/networking.k8s.io/v1/namespaces/default';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

describe('what the sandbox lacks', () => {
  let server: Sandbox;
  beforeEach(async () => {
    server = await sandbox();
  });
  afterEach(() => server.stop());

  const refusal = ({ words }: Lack) => ({
    kind: 'Status',
    code: 501,
    reason: 'NotImplemented',
    message: words,
  });

  /** What the answer warns of, as kubectl reads it. */
  async function warnings(method: string, path: string, body: unknown): Promise<string | null> {
    const headers = {
      'content-type': method === 'PATCH' ? MERGE : 'application/json',
    };
    const response = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
    expect(response.ok, `${method} ${path}: ${response.status}`).to.be.true;
    return response.headers.get('warning');
  }
  const warningOf = ({ words }: Lack) => `299 - "${words}"`;

  it('is said where a subresource is asked for', async () => {
    for (const [path, lack] of [
      ['pods/a/exec?command=ls', LACKS.programs],
      ['pods/a/attach', LACKS.programs],
      ['pods/a/ephemeralcontainers', LACKS.programs],
      ['pods/a/portforward', LACKS.connections],
      ['pods/a/proxy/', LACKS.connections],
      ['services/a/proxy/path', LACKS.connections],
      ['serviceaccounts/a/token', LACKS.tokens],
    ] as const)
      for (const method of ['GET', 'POST']) {
        const body = method === 'POST' ? {} : undefined;
        const answer = await server.call(method, `/api/v1/namespaces/default/${path}`, body);
        expect(answer.status, path).to.equal(501);
        expect(answer.body, path).to.deep.include(refusal(lack));
      }
  });

  it('is warned of where an object is written that is kept only, and not where it is read', async () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' } };
    const policy = { ...job, apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };
    const role = { ...job, apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' };
    expect(await warnings('POST', `${BATCH}/jobs`, job)).to.equal(warningOf(LACKS.workloads));
    expect(await warnings('PATCH', `${BATCH}/jobs/a`, { spec: {} })).to.equal(warningOf(LACKS.workloads));
    expect(await warnings('POST', `${NETWORKING}/networkpolicies`, policy)).to.equal(
      warningOf(LACKS.effects),
    );
    expect(await warnings('POST', `${RBAC}/clusterroles`, role)).to.equal(warningOf(LACKS.rights));
    expect(await warnings('POST', CONFIG_MAPS, configMap('a'))).to.be.null;
    const got = await fetch(`${server.url}${BATCH}/jobs/a`);
    expect(got.headers.get('warning')).to.be.null;
  });

  it('is warned of where one asks for rights', async () => {
    const kind = 'SelfSubjectAccessReview';
    const review = { apiVersion: 'authorization.k8s.io/v1', kind, metadata: {}, spec: {} };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    expect(await warnings('POST', path, review)).to.equal(warningOf(LACKS.rights));
  });

  it('is a node that takes changes', async () => {
    const patch = { spec: { unschedulable: true } };
    const headers = { 'content-type': MERGE };
    const { body } = await server.call('PATCH', '/api/v1/nodes/sandbox', patch, headers);
    expect(body).to.deep.include(refusal(LACKS.node));
  });

  it('is other custom resources, and another form of its own', async () => {
    const definition = customResourceDefinition();
    const other = { ...definition, metadata: { name: 'widgets.example.com' } };
    const { body } = await server.call('POST', DEFINITIONS, other);
    expect(body).to.deep.include(refusal(LACKS.definitions));
    const own = `${DEFINITIONS}/dependencygates.dependencygate.dev`;
    expect((await server.call('DELETE', own)).body).to.deep.include(refusal(LACKS.definitions));
    const labelled = { metadata: { labels: { a: 'b' } } };
    expect(await warnings('PATCH', own, labelled)).to.equal(warningOf(LACKS.definitions));
  });

  it('is listed in docs/debugging.md', () => {
    const [, section = ''] = read('docs/debugging.md').split('### What the sandbox lacks');
    const [table = ''] = section.split('\n#');
    const rows = table.match(/^\|.*\|$/gm)?.slice(2);
    expect(rows).to.deep.equal(Object.values(LACKS).map(({ met, words }) => `| ${met} | ${words} |`));
  });
});

describe('a field that a kind does not have', () => {
  it('is warned of, unless the client is to be told nothing', async () => {
    const server = await sandbox();
    const create = (name: string, query: string) =>
      fetch(`${server.url}${CONFIG_MAPS}${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(configMap(name, { 'daß"a': 1 })),
      });
    expect((await create('a', '')).headers.get('warning')).to.equal(
      String.raw`299 - "unknown field \"da?\"a\""`,
    );
    expect((await create('b', '?fieldValidation=Ignore')).headers.get('warning')).to.be.null;
    await server.stop();
  });
});

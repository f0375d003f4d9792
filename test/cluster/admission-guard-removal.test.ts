import { expect } from 'chai';
import { FINALIZER, OPERATOR_USER, PLURAL } from '../../src/api/names.ts';
import { target } from '../core/builders.ts';
import { EFFECT_LIMIT_MS, gatePath, MERGE_PATCH, OPERATOR } from './admission-api.ts';
import { useAdmission } from './admission-cluster.ts';
import { eventually } from './eventually.ts';
import { GuardedNamespace, manifestOf } from './guarded-namespace.ts';
import { mayPatch } from './rights.ts';

/** Who may do everything with gates, and nothing else. */
const AUTHOR = 'author';
/** Who may patch the targets besides. */
const OWNER = 'owner';

const SIXTEEN = Array.from({ length: 16 }, (_, index) => `web-${index}`);
const OF_WEB = 'user "author" cannot patch deployments.apps "web"';

describe('the removal of a gate', function () {
  this.timeout(120_000);
  const cluster = useAdmission();
  let here: GuardedNamespace;
  beforeEach(async () => {
    here = await GuardedNamespace.create(cluster());
    await here.grant(AUTHOR);
    await here.install({ targets: [target('web'), target('StatefulSet/db')] });
  });
  const patch = (body: unknown) => [
    'patch',
    PLURAL,
    'api-first',
    '--type=merge',
    '--patch',
    JSON.stringify(body),
  ];
  const patchAsOperator = (metadata: unknown) =>
    cluster().send(
      'PATCH',
      gatePath(here.name, 'api-first'),
      { metadata },
      { as: OPERATOR, type: MERGE_PATCH },
    );
  const untilGone = () =>
    eventually('the gate is gone', EFFECT_LIMIT_MS, async () => (await here.gates()).length === 0);

  for (const [how, args] of [
    ['delete', ['delete', PLURAL, 'api-first', '--wait=false']],
    ['delete in the foreground', ['delete', PLURAL, 'api-first', '--wait=false', '--cascade=foreground']],
    ['delete and leave its dependents', ['delete', PLURAL, 'api-first', '--wait=false', '--cascade=orphan']],
    ['delete all gates', ['delete', PLURAL, '--all', '--wait=false']],
    ['delete by a collection', ['delete', '--raw']],
  ] as const) {
    it(`is denied to who may write gates and not patch the targets: ${how}`, async () => {
      const raw = args[1] === '--raw' ? [...args, gatePath(here.name)] : args;
      expect(await here.denied(AUTHOR, raw)).to.contain(
        `${OF_WEB} in namespace "${here.name}", to be let go by gate api-first: a gate is written and deleted by who may patch each of its targets`,
      );
      expect(await here.gates()).to.deep.equal(['api-first']);
    });
  }

  it('is denied to them by `kubectl replace --force`, which deletes it first', async () => {
    const answer = await here.denied(AUTHOR, ['replace', '--force', '-f', '-'], manifestOf({}));
    expect(answer).to.contain(`${OF_WEB} in namespace "${here.name}", to be let go by`);
    expect(await here.gates()).to.deep.equal(['api-first']);
  });

  it('is denied to them by an owner that does not exist, whose dependents are garbage', async () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'none', uid: 'a-b-c' };
    expect(await here.denied(AUTHOR, patch({ metadata: { ownerReferences: [owner] } }))).to.contain(OF_WEB);
    await here.install({ metadata: { ownerReferences: [owner] } }).then(untilGone); // which is what it would do
  });

  it("is denied to them by finalizers: the operator's is not theirs to take away, nor another to add", async () => {
    expect(await here.denied(AUTHOR, patch({ metadata: { finalizers: ['example.com/never'] } }))).to.contain(
      OF_WEB,
    );
    await patchAsOperator({ finalizers: [FINALIZER] });
    expect(await here.denied(AUTHOR, patch({ metadata: { finalizers: null } }))).to.contain(OF_WEB);
    await here.kubectl(['delete', PLURAL, 'api-first', '--wait=false']);
    expect(await here.denied(AUTHOR, patch({ metadata: { finalizers: null } }))).to.contain(OF_WEB);
    await patchAsOperator({ finalizers: null });
    await untilGone();
  });

  for (const change of [{ open: ['*'] }, { suspend: true }, { updatePolicy: 'OnNextRollout' }]) {
    it(`is no easier by parts: ${JSON.stringify(change)} is denied to them`, async () => {
      expect(await here.denied(AUTHOR, patch({ spec: change }))).to.contain(OF_WEB);
    });
  }

  it('leaves them labels and annotations, which do nothing', async () => {
    const metadata = { labels: { team: 'a' }, annotations: { 'example.com/note': 'b' } };
    expect((await here.kubectl(['--as', AUTHOR, ...patch({ metadata })])).stderr).to.equal('');
  });

  it('takes the right to patch each target, the last too, within the cost limit', async () => {
    await here.install({ targets: SIXTEEN.map(target) });
    await here.grant(OWNER, mayPatch('deployments', ...SIXTEEN.slice(1)));
    expect(await here.denied(OWNER, ['delete', PLURAL, 'api-first'])).to.contain('"web-0"');
    await here.grant(OWNER, mayPatch('deployments', ...SIXTEEN));
    await here.kubectl(['--as', OWNER, 'delete', PLURAL, 'api-first']);
    expect(await here.gates()).to.be.empty;
  });

  it('is left to the namespace controller', async () => {
    await cluster().send('DELETE', `/api/v1/namespaces/${here.name}`);
    await untilGone();
  });

  it('is left to the garbage collector, where an owner goes whom the author of the gate has given it', async () => {
    await here.kubectl(['create', 'configmap', 'owner']);
    const { stdout: uid } = await here.kubectl(['get', 'configmap', 'owner', '-o=jsonpath={.metadata.uid}']);
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid };
    await here.install({ metadata: { ownerReferences: [owner] } });
    await here.kubectl(['delete', 'configmap', 'owner']);
    await untilGone();
  });

  it(`is no business of ${OPERATOR_USER}, which only lets go`, async () => {
    await patchAsOperator({ finalizers: [FINALIZER] });
    await patchAsOperator({ finalizers: [] });
    expect(await here.gates()).to.deep.equal(['api-first']);
  });
});

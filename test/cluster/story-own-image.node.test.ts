import { expect } from 'chai';
import { deployment, gate } from '../scenarios/manifests.ts';
import { isReady, type PodView } from '../scenarios/views.ts';
import { eventually } from './eventually.ts';
import { toolsImage } from './images.ts';
import { IDLE } from './story-apps.ts';
import { useStory } from './story-namespace.ts';
import { itWentWell, useOperator } from './story-operator.ts';

const CHECK = 'dgate-schema--head';
const imageOf = (release: number) => `localhost/shop:${release}`;

/** The app's own tool, in each release's version: it wants the schema of its release, and does not loop. */
const MIGRATE = `
wanted=$(cat /shop/release)
echo "schema $SCHEMA, wanted $wanted, of $(cat /etc/shop/name), token \${TOKEN:-none}, $MODE"
[ "$SCHEMA" = "$wanted" ]
`;

const config = (name: string, data: Readonly<Record<string, string>>) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
  data,
});

/** The app, whose schema is what the ConfigMap says: its environment, a file and a Secret that may be missing. */
function shop(release: number) {
  const web = {
    ...{ name: 'web', image: imageOf(release), command: IDLE },
    env: [{ name: 'MODE', value: 'production' }],
    envFrom: [{ configMapRef: { name: 'shop' } }, { secretRef: { name: 'shop-token', optional: true } }],
    volumeMounts: [{ name: 'config', mountPath: '/etc/shop', readOnly: true }],
  };
  const volumes = [{ name: 'config', configMap: { name: 'shop-files' } }];
  return deployment('shop', { pod: { terminationGracePeriodSeconds: 1, containers: [web], volumes } });
}

describe("a check with the app's own image, on a real node", function () {
  this.timeout(300_000);
  const cluster = useOperator();
  const story = useStory(cluster);

  before('put the app on the node, in two releases', async () => {
    const tools = await toolsImage();
    for (const release of [1, 2]) {
      const texts = { ...tools.texts, '/shop/release': `${release}`, '/shop/migrate.sh': MIGRATE };
      await cluster().importImage({ ...tools, name: imageOf(release), texts });
    }
  });

  const head = {
    name: 'head',
    container: {
      ...{ from: 'web', command: ['sh', '/shop/migrate.sh'] },
      env: [{ name: 'MODE', value: 'check only' }],
    },
  };
  const migrated = (to: number) => story().apply(config('shop', { SCHEMA: `${to}` }));
  const isOf = (release: number) => (pod: PodView) =>
    pod.spec.containers.some((one) => one.image === imageOf(release));
  const failed = (pod: PodView) =>
    pod.status.initContainerStatuses.some(({ name, restartCount }) => name === CHECK && restartCount > 0);
  const said = (pod: PodView, line: string) =>
    eventually(`the check says: ${line}`, 60_000, async () => {
      const log = await story().log(pod, CHECK);
      if (log !== line) throw new Error(log);
      return true;
    });

  it("holds each release's Pods until its own tool finds its schema, with the app's environment and files", async () => {
    await story().apply(config('shop-files', { name: 'the shop' }), gate('schema', ['shop'], [head]));
    await migrated(0);
    await story().untilGate('schema', { ready: 'True/InForce' });
    await story().apply(shop(1));
    const first = await story().untilPod('shop', 'has failed its check', failed);
    await said(first, 'schema 0, wanted 1, of the shop, token none, check only\n');
    await story().untilGate('schema', {
      ...{ open: 'False/Waiting', pods: '0/1', waitingOn: 'head' },
      ...{ dependencies: 'head Failed', answers: /^head: .*exit code 1/ },
    });
    const token = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'shop-token' } };
    await story().apply({ ...token, stringData: { TOKEN: 'there' } });
    await migrated(1);
    await story().untilGate('schema', { open: 'True/AllPassed', pods: '1/1' });
    const ready = await story().untilPod('shop', 'is ready', isReady);
    expect(ready.metadata.uid).to.equal(first.metadata.uid);
    await said(ready, 'schema 1, wanted 1, of the shop, token there, check only\n');

    await story().apply(shop(2));
    const second = await story().untilPod('shop', 'of the next release has failed its check', (pod) => {
      return isOf(2)(pod) && failed(pod);
    });
    await said(second, 'schema 1, wanted 2, of the shop, token there, check only\n');
    expect((await story().pods('shop')).filter(isOf(1)).map(isReady)).to.deep.equal([true]);
    await migrated(2);
    await story().rolledOut('deployment/shop');
    const [last] = await story().untilPods('shop', 1, 'are of the next release', (pod) => {
      return isOf(2)(pod) && isReady(pod);
    });
    expect(last?.metadata.uid).to.equal(second.metadata.uid);
    await story().untilGate('schema', { open: 'True/AllPassed', pods: '1/1', older: 0 });
  });

  describe('in the end', () => itWentWell(cluster));
});

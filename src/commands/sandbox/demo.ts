import { z } from 'zod';
import { parseStatus } from '../../api/gate.ts';
import { groupOf } from '../../api/group.ts';
import { containerName } from '../../api/names.ts';
import { DemoClient, formatTable, type Manifest, readManifests } from './demo-client.ts';
import type { Sandbox } from './start-sandbox.ts';

const NAMESPACE = 'my-namespace';
const GATE = 'api-first';
/** Applied after the rest, each as a step of the story. */
const LATER = { service: 'service-api.yaml', redis: 'gate-with-redis.yaml' } as const;
/** No step takes longer on a machine that is not stuck. */
const STEP_LIMIT_MS = 20_000;

type Print = (text: string) => void;

/**
 * The story that the operator grew out of: pinger and poller must not start before api is there. Each step is what a
 * person would do with kubectl; tables are the API server's own.
 */
export async function tellStory(sandbox: Sandbox, folder: string, print: Print): Promise<void> {
  const story = new Story(new DemoClient(sandbox.server.url), await readManifests(folder), print);
  await story.begin(folder);
  await story.createService(folder);
  await story.addDependency(folder);
  await story.deleteGate();
}

const podSpecSchema = z.object({ initContainers: z.array(z.object({ name: z.string() })).default([]) });
const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
      spec: podSpecSchema,
    }),
  ),
});
const namesSchema = z.object({ items: z.array(z.unknown()) });
const gateSchema = z.object({ status: z.unknown().optional() });
const deploymentSchema = z.object({
  spec: z.object({
    template: z.object({
      metadata: z.looseObject({}),
      spec: z.object({ initContainers: z.array(z.object({ name: z.string() })).optional() }),
    }),
  }),
});

class Story {
  readonly #client: DemoClient;
  readonly #files: ReadonlyMap<string, readonly Manifest[]>;
  readonly #print: Print;

  constructor(client: DemoClient, files: ReadonlyMap<string, readonly Manifest[]>, print: Print) {
    this.#client = client;
    this.#files = files;
    this.#print = print;
  }

  async begin(folder: string): Promise<void> {
    this.#say('pinger and poller need api. A gate says so, and is there before them.');
    const later: readonly string[] = Object.values(LATER);
    const files = [...this.#files].filter(([file]) => !later.includes(file));
    const isFirst = ([, objects]: (typeof files)[number]) =>
      objects.every(({ kind }) => kind === 'Namespace' || kind === 'DependencyGate');
    await this.#apply(
      folder,
      files.filter(isFirst).toSorted(([, a], [, b]) => rank(a) - rank(b)),
    );
    await this.#until('the gate is in force', () => this.#isTrue('Ready'));
    this.#say('Now the workloads. The Service api does not exist yet.');
    await this.#apply(
      folder,
      files.filter((file) => !isFirst(file)),
    );
    await this.#until('both Pods wait', async () => (await this.#status()).dependencies?.[0]?.checking === 2);
    await this.#show();
  }

  async createService(folder: string): Promise<void> {
    this.#say('The Service appears, and both go on.');
    await this.#apply(folder, [[LATER.service, this.#files.get(LATER.service) ?? []]]);
    await this.#until('the gate is open', () => this.#isTrue('Open'));
    await this.#show();
    await this.#showLogs('api');
  }

  async addDependency(folder: string): Promise<void> {
    this.#say('A second dependency: the targets roll, one Pod after another, and wait for both in order.');
    this.#print(`$ kubectl apply -f ${folder}/${LATER.redis}`);
    for (const object of this.#files.get(LATER.redis) ?? []) {
      await this.#client.merge(object);
      this.#print(`${asKubectlNames(object)} configured`);
    }
    await this.#until('the new Pods have passed both', async () => {
      const { pods, dependencies } = await this.#status();
      return dependencies?.length === 2 && pods?.open === 2 && pods.older === 0;
    });
    await this.#show();
    await this.#showLogs('redis');
  }

  async deleteGate(): Promise<void> {
    this.#say('The gate is deleted, and leaves nothing behind.');
    this.#print(`$ kubectl delete dependencygate ${GATE} --namespace ${NAMESPACE}`);
    await this.#client.delete('DependencyGate', NAMESPACE, GATE);
    await this.#until('the gate is gone', async () => !(await this.#exists()));
    this.#print(`dependencygate.dependencygate.dev "${GATE}" deleted\n`);
    for (const name of ['pinger', 'poller']) await this.#showTemplate(name);
  }

  #say(text: string): void {
    this.#print(`\n# ${text}\n`);
  }

  async #apply(folder: string, files: readonly (readonly [string, readonly Manifest[]])[]): Promise<void> {
    for (const [file, objects] of files) {
      this.#print(`$ kubectl apply -f ${folder}/${file}`);
      for (const object of objects) {
        await this.#client.create(object);
        this.#print(`${asKubectlNames(object)} created`);
      }
    }
  }

  async #show(): Promise<void> {
    this.#print(`\n$ kubectl get dependencygates --namespace ${NAMESPACE}`);
    this.#print(formatTable(await this.#client.table('DependencyGate', NAMESPACE)));
    this.#print(`\n$ kubectl get pods --namespace ${NAMESPACE}`);
    this.#print(formatTable(await this.#client.table('Pod', NAMESPACE)));
  }

  async #showLogs(dependency: string): Promise<void> {
    const { items } = podsSchema.parse(await this.#client.get('Pod', NAMESPACE));
    const container = containerName(GATE, dependency);
    const waited = items.filter(
      ({ metadata, spec }) => !metadata.deletionTimestamp && hasContainer(spec, container),
    );
    for (const { name } of waited.map(({ metadata }) => metadata)) {
      this.#print(`\n$ kubectl logs ${name} --namespace ${NAMESPACE} --container ${container}`);
      this.#print((await this.#client.log(NAMESPACE, name, container)).trimEnd());
    }
  }

  async #showTemplate(name: string): Promise<void> {
    const { template } = deploymentSchema.parse(await this.#client.get('Deployment', NAMESPACE, name)).spec;
    const left = (template.spec.initContainers ?? []).map((container) => container.name);
    this.#print(
      `$ kubectl get deployment ${name} --namespace ${NAMESPACE} --output jsonpath='{.spec.template.metadata}'`,
    );
    this.#print(JSON.stringify(template.metadata));
    this.#print(`# init containers left: ${left.length === 0 ? 'none' : left.join(', ')}\n`);
  }

  async #status(): Promise<ReturnType<typeof parseStatus>> {
    const gate = gateSchema.parse(await this.#client.get('DependencyGate', NAMESPACE, GATE));
    return parseStatus(gate.status);
  }

  async #isTrue(type: string): Promise<boolean> {
    const { conditions = [] } = await this.#status();
    return conditions.some((condition) => condition.type === type && condition.status === 'True');
  }

  async #exists(): Promise<boolean> {
    const list = namesSchema.parse(await this.#client.get('DependencyGate', NAMESPACE));
    return list.items.length > 0;
  }

  /** @throws Error when it does not come true within the limit: the story cannot be told. */
  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const limit = Date.now() + STEP_LIMIT_MS;
    while (!(await holds())) {
      if (Date.now() > limit)
        throw new Error(`the demo waited ${STEP_LIMIT_MS / 1000} s in vain until ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** `deployment.apps/pinger`, `service/api`: as `kubectl apply` names what it has written. */
export function asKubectlNames({ apiVersion, kind, metadata }: Manifest): string {
  const group = groupOf(apiVersion);
  return `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${metadata.name}`;
}

/** A namespace goes before what is in it. */
function rank(objects: readonly Manifest[]): number {
  return objects.some(({ kind }) => kind === 'Namespace') ? 0 : 1;
}

function hasContainer({ initContainers }: z.infer<typeof podSpecSchema>, name: string): boolean {
  return initContainers.some((container) => container.name === name);
}

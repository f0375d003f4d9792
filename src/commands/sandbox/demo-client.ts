import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Manifest = z.infer<typeof objectSchema>;

/** All objects in the YAML files of a folder, file by file; the namespaces first. */
export async function readManifests(folder: string): Promise<Map<string, Manifest[]>> {
  const files = (await readdir(folder)).filter(
    (file) => file.endsWith('.yaml') && file !== 'kustomization.yaml',
  );
  const contents = await Promise.all(
    files.sort().map(async (file) => [file, await readObjects(join(folder, file))] as const),
  );
  return new Map(contents);
}

async function readObjects(path: string): Promise<Manifest[]> {
  return parseAllDocuments(await readFile(path, 'utf8')).map((document) =>
    objectSchema.parse(document.toJS()),
  );
}

const tableSchema = z.object({
  columnDefinitions: z.array(z.object({ name: z.string(), priority: z.int().default(0) })),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })).nullish(),
});

/** The table that the API server answers, laid out as kubectl does: upper-case titles, three spaces between columns. */
export function formatTable(raw: unknown): string {
  const { columnDefinitions, rows } = tableSchema.parse(raw);
  const shown = columnDefinitions.flatMap(({ priority }, index) => (priority === 0 ? [index] : []));
  const lines = [
    shown.map((index) => (columnDefinitions[index]?.name ?? '').toUpperCase()),
    ...(rows ?? []).map(({ cells }) => shown.map((index) => String(cells[index] ?? ''))),
  ];
  const widths = shown.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

const PATHS: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  Service: '/api/v1/namespaces/NS/services',
  ConfigMap: '/api/v1/namespaces/NS/configmaps',
  Secret: '/api/v1/namespaces/NS/secrets',
  Pod: '/api/v1/namespaces/NS/pods',
  Deployment: '/apis/apps/v1/namespaces/NS/deployments',
  DependencyGate: '/apis/dependencygate.dev/v1alpha1/namespaces/NS/dependencygates',
};

/** The few requests that the story makes, as kubectl makes them. */
export class DemoClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  create(object: Manifest): Promise<unknown> {
    return this.#send('POST', pathOf(object.kind, object.metadata.namespace), object);
  }

  merge(object: Manifest): Promise<unknown> {
    const path = `${pathOf(object.kind, object.metadata.namespace)}/${object.metadata.name}`;
    return this.#send('PATCH', path, object, 'application/merge-patch+json');
  }

  delete(kind: string, namespace: string, name: string): Promise<unknown> {
    return this.#send('DELETE', `${pathOf(kind, namespace)}/${name}`);
  }

  get(kind: string, namespace: string, name = ''): Promise<unknown> {
    return this.#send('GET', `${pathOf(kind, namespace)}${name === '' ? '' : `/${name}`}`);
  }

  table(kind: string, namespace: string): Promise<unknown> {
    return this.#send(
      'GET',
      pathOf(kind, namespace),
      undefined,
      undefined,
      'application/json;as=Table;v=v1;g=meta.k8s.io',
    );
  }

  async log(namespace: string, pod: string, container: string): Promise<string> {
    const response = await fetch(`${this.#url}${pathOf('Pod', namespace)}/${pod}/log?container=${container}`);
    return response.text();
  }

  async #send(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
    accept = 'application/json',
  ): Promise<unknown> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { Accept: accept, 'Content-Type': type },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

function pathOf(kind: string, namespace = ''): string {
  const path = PATHS[kind];
  if (path === undefined) throw new Error(`the demo does not know the kind ${kind}`);
  return path.replace('NS', namespace);
}

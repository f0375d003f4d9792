import { z } from 'zod';
import type { Render, RenderedContainer } from '../../api/rendered.ts';
import { fingerprint } from '../canonical.ts';
import type { JsonObject, TemplateView } from '../model.ts';

/**
 * A check that runs with the image of one of the target's own containers (`from`). It takes over what that container is in
 * the very template into which it is placed; what the gate gives besides takes precedence. It has no more rights than it
 * needs: neither privileges, nor added capabilities, nor folders of the node.
 */

const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const list = z.array(json).nullish();

/** What is taken over of a container; everything else of it is the app's alone. */
const sourceSchema = z.object({
  image: z.string().nullish(),
  imagePullPolicy: z.string().nullish(),
  workingDir: z.string().nullish(),
  resources: json.nullish(),
  securityContext: json.nullish(),
  env: list,
  envFrom: list,
  volumeMounts: list,
});

type Source = z.infer<typeof sourceSchema>;

const containersSchema = z.object({
  containers: z.array(z.looseObject({ name: z.string() })).nullish(),
});

/** A container as it is placed into a template. */
export type PlacedContainer = JsonObject & { readonly name: string };

/** Of a template's own containers so much is kept: others may write megabytes. */
const MAX_SOURCES = 32;
const MAX_CHARACTERS = 24_000;

/** The template's own containers by their names, each as JSON, which takes the least memory; as many as there is room for. */
export function viewSources(spec: unknown): Record<string, string> {
  const containers = containersSchema.safeParse(spec).data?.containers ?? [];
  const sources: Record<string, string> = {};
  let room = MAX_CHARACTERS;
  for (const container of containers.slice(0, MAX_SOURCES)) {
    const source = sourceSchema.safeParse(container).data;
    const json = JSON.stringify(source) ?? '';
    room -= container.name.length + json.length;
    if (source && room >= 0) sources[container.name] = json;
  }
  return sources;
}

/** Whether the template has the container that another is made from. */
export function hasSource({ sources }: Pick<TemplateView, 'sources'>, from: string): boolean {
  return Object.hasOwn(sources, from);
}

/** Whether a render has a container that is made from one of the target's. */
export function isInheriting({ initContainers }: Render): boolean {
  return initContainers.some(({ from }) => from !== undefined);
}

/** Another one for each render, and for each state of what its containers are made from. */
export function sourceMark(
  { sources }: Pick<TemplateView, 'sources'>,
  { hash, initContainers }: Render,
): string {
  const used = initContainers.flatMap(({ from }) => (from === undefined ? [] : [sources[from] ?? '']));
  return used.length === 0 ? hash : `${hash}.${fingerprint(used)}`;
}

type Surroundings = Pick<TemplateView, 'sources' | 'hasPodResources' | 'nodeVolumes'>;

/** A rendered container as it is in this template. */
export function inherited(template: Surroundings, { from, ...given }: RenderedContainer): PlacedContainer {
  if (from === undefined) return given;
  const source = sourceSchema.parse(JSON.parse(template.sources[from] ?? '{}'));
  return { ...present(singles(source, template)), ...given, ...present(lists(source, given, template)) };
}

function singles(source: Source, { hasPodResources }: Surroundings): JsonObject {
  const { image, imagePullPolicy, workingDir, resources, securityContext } = source;
  return {
    ...{ image: image ?? undefined, imagePullPolicy: imagePullPolicy ?? undefined },
    ...{ workingDir: workingDir ?? undefined },
    resources: hasPodResources ? undefined : (resources ?? undefined),
    securityContext: securityContext ? unprivileged(securityContext) : undefined,
  };
}

function unprivileged({ privileged: _, procMount: __, ...settings }: JsonObject): JsonObject {
  const { capabilities } = settings;
  if (!isObject(capabilities)) return settings;
  const { add: ___, ...kept } = capabilities;
  return { ...settings, capabilities: kept };
}

/** What is taken over stands first, since variables may refer to those before them. */
function lists(
  { env, envFrom, volumeMounts }: Source,
  given: Omit<RenderedContainer, 'from'>,
  { nodeVolumes }: Surroundings,
): JsonObject {
  const isGiven = (variable: JsonObject) => given.env?.some(({ name }) => name === variable.name) ?? false;
  const isCovered = (mount: JsonObject) =>
    given.volumeMounts?.some(({ mountPath }) => mountPath === mount.mountPath) ?? false;
  const isOfNode = ({ name }: JsonObject) => typeof name === 'string' && nodeVolumes.includes(name);
  return {
    env: joined(
      (env ?? []).filter((variable) => !isGiven(variable)),
      given.env,
    ),
    envFrom: joined(envFrom ?? [], given.envFrom),
    volumeMounts: joined(
      (volumeMounts ?? []).filter((mount) => !isCovered(mount) && !isOfNode(mount)),
      given.volumeMounts,
    ),
  };
}

function joined(
  taken: readonly JsonObject[],
  given: readonly JsonObject[] = [],
): readonly JsonObject[] | undefined {
  return taken.length + given.length === 0 ? undefined : [...taken, ...given];
}

function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isObject(value: JsonObject[string]): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

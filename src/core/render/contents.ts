import { hash } from 'node:crypto';
import { z } from 'zod';
import { DECIDING_ENV } from '../../api/deciding-env.ts';
import { ALL_DEPENDENCIES, containerOwner, VOLUME_MOUNT_PATH } from '../../api/names.ts';
import type { RenderedContainer } from '../../api/rendered.ts';
import { MAX_DEPENDENCIES } from '../../api/spec.ts';
import { LABEL } from '../../api/text-rules.ts';
import type { ContainerView, TemplateView } from '../model.ts';
import type { PlacedContainer } from './inherit.ts';
import { isSized } from './surroundings.ts';
import { readWaitAll } from './wait-arguments.ts';

/**
 * What is compared of our containers. `kubectl set image '*=app:2'`, `kubectl set env` and a patch by position write into
 * ours as into any other, and then they pass, or hang, whatever the dependency does.
 *
 * Compared is what decides about waiting. Harmless, and so never fought over: resources, the pull policy, the security
 * context, where the image comes from, added mounts and added variables, except for those that change what a program does.
 */

const text = z.string().nullish();
const amounts = z.record(z.string(), z.unknown()).nullish();
const optional = z.boolean().nullish();
const keyRef = z.object({ name: text, key: text, optional }).nullish();
const objectRef = z.object({ name: text, optional }).nullish();
const envSource = z.object({ prefix: text, configMapRef: objectRef, secretRef: objectRef });

const envVarSchema = z.object({
  name: z.string(),
  value: text,
  valueFrom: z
    .object({
      fieldRef: z.object({ fieldPath: text }).nullish(),
      secretKeyRef: keyRef,
      configMapKeyRef: keyRef,
    })
    .nullish(),
});

const containerSchema = z.object({
  name: z.string(),
  image: text,
  command: z.array(z.string()).nullish(),
  args: z.array(z.string()).nullish(),
  workingDir: text,
  restartPolicy: text,
  env: z.array(envVarSchema).max(512).nullish(),
  envFrom: z.array(envSource).max(512).nullish(),
  resources: z.object({ requests: amounts, limits: amounts }).nullish(),
  volumeMounts: z
    .array(z.object({ name: z.string(), mountPath: z.string(), subPath: text, subPathExpr: text }))
    .nullish(),
});

type ComparedContainer = z.infer<typeof containerSchema>;

/** Cuts one of our containers down to what is compared; one that is of no such shape is like no other. */
export function viewContainer(raw: { readonly name: string }): ContainerView {
  const { data } = containerSchema.safeParse(raw);
  if (!data)
    return {
      name: raw.name,
      image: '',
      fields: { container: 'unreadable' },
      env: {},
      envFrom: [],
      mounts: [],
      sized: false,
    };
  return {
    name: data.name,
    image: data.image ?? '',
    fields: fieldsOf(data),
    env: envOf(data),
    envFrom: (data.envFrom ?? []).map(objectOf),
    mounts: (data.volumeMounts ?? []).map(({ name, mountPath, subPath, subPathExpr }) =>
      [name, mountPath, subPath, subPathExpr].filter(Boolean).join(' '),
    ),
    sized: isSized(data.resources),
    ...waitsForOf(data),
  };
}

/** Others may write there what no gate can have. */
function waitsForOf({ name, args, volumeMounts }: ComparedContainer): Pick<ContainerView, 'waitsFor'> {
  const isWaiter = volumeMounts?.some(({ mountPath }) => mountPath === VOLUME_MOUNT_PATH) === true;
  const isShared = isWaiter && containerOwner(name)?.dependency === ALL_DEPENDENCIES;
  const names = isShared ? readWaitAll(args ?? []) : undefined;
  const known = [...new Set(names)].filter((one) => one.length < 64 && LABEL.test(one));
  return known.length > 0 ? { waitsFor: known.slice(0, MAX_DEPENDENCIES) } : {};
}

/** An init container with a `restartPolicy` is a sidecar, which nothing waits for. */
function fieldsOf({ command, args, workingDir, restartPolicy }: ComparedContainer): Record<string, string> {
  return {
    ...(command?.length && { command: fingerprint(command) }),
    ...(args?.length && { args: fingerprint(args) }),
    ...(workingDir && { workingDir }),
    ...(restartPolicy && { restartPolicy }),
  };
}

/** Of several variables of a name the last one counts, so all of them are looked at. */
function envOf({ env }: ComparedContainer): Record<string, string> {
  const byName = Map.groupBy(env ?? [], ({ name }) => name);
  return Object.fromEntries([...byName].map(([name, all]) => [name, fingerprint(all.map(sourceOf))]));
}

function sourceOf({ value, valueFrom }: NonNullable<ComparedContainer['env']>[number]): string[] {
  const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  const keys = [secretKeyRef, configMapKeyRef].flatMap((ref) => [ref?.name, ref?.key, isOptional(ref)]);
  return [valueFrom ? 'source' : 'value', value, fieldRef?.fieldPath, ...keys].map((part) => part ?? '');
}

function objectOf({ prefix, configMapRef, secretRef }: z.infer<typeof envSource>): string {
  const refs = [configMapRef, secretRef].flatMap((ref) => [ref?.name ?? '', isOptional(ref)]);
  return [prefix ?? '', ...refs].join(' ');
}

function isOptional(ref: { readonly optional?: boolean | null | undefined } | null | undefined): string {
  return String(ref?.optional ?? false);
}

function fingerprint(value: unknown): string {
  return hash('sha1', JSON.stringify(value), 'base64').slice(0, 16);
}

/** A container as it is rendered. */
export interface WantedContainer extends ContainerView {
  /** The waiter's own program, and not a container of the user's making. */
  readonly isWaiter: boolean;
  /** Made from a container of the target's, and so another one in each template. */
  readonly isInherited: boolean;
}

/** What rendered containers are, to compare others with. */
export function wantedContainers(
  rendered: readonly (RenderedContainer | PlacedContainer)[],
): WantedContainer[] {
  return rendered.map((container) => {
    const view = viewContainer(container);
    return {
      ...view,
      isWaiter: view.mounts.some((mount) => mount.endsWith(` ${VOLUME_MOUNT_PATH}`)),
      isInherited: container.from !== undefined,
    };
  });
}

/** The fields in which a template's container is not what was rendered. */
export function changedFields(
  wanted: WantedContainer,
  live: ContainerView,
  { hasPodResources }: Pick<TemplateView, 'hasPodResources'>,
): string[] {
  const hasIntruder = Object.keys(live.env).some((name) => DECIDING.test(name) && !(name in wanted.env));
  const changed = changedInPod(wanted, live);
  // Only whether there are any: which ones is for autoscalers to say.
  const isWrongSize = hasPodResources ? live.sized : wanted.sized && !live.sized;
  return [
    ...changed,
    ...(hasIntruder && !changed.includes('env') ? ['env'] : []),
    ...(isWrongSize ? ['resources'] : []),
  ];
}

/** The same of a container that is made from another: what that one has no longer, this has not either. */
export function changedCopy(
  wanted: WantedContainer,
  live: ContainerView,
  template: Pick<TemplateView, 'hasPodResources'>,
): string[] {
  const surplus = [
    ...(Object.keys(live.env).some((name) => !(name in wanted.env)) ? ['env'] : []),
    ...(live.envFrom.some((source) => !wanted.envFrom.includes(source)) ? ['envFrom'] : []),
    ...(live.mounts.some((mount) => !wanted.mounts.includes(mount)) ? ['volumeMounts'] : []),
  ];
  return [...new Set([...changedFields(wanted, live, template), ...surplus])];
}

const DECIDING = new RegExp(DECIDING_ENV);

/**
 * The same for a Pod's, in which what its own injectors have added decides nothing: the next Pod would have it too. What is
 * taken over from another container is that container's at the time of the Pod.
 */
export function changedInPod(wanted: WantedContainer, live: ContainerView): string[] {
  const all = new Set([...Object.keys(wanted.fields), ...Object.keys(live.fields)]);
  const names = [...all].filter((name) => !isOfSource(wanted, name)).sort();
  const lacksVariable = Object.entries(wanted.env).some(([name, value]) => live.env[name] !== value);
  const lacksSource = wanted.envFrom.some((source) => !live.envFrom.includes(source));
  const lacksMount = wanted.mounts.some((mount) => !live.mounts.includes(mount));
  return [
    ...(isOfSource(wanted, 'image') || isSameImage(wanted, live) ? [] : ['image']),
    ...names.filter((name) => wanted.fields[name] !== live.fields[name]),
    ...(lacksVariable ? ['env'] : []),
    ...(lacksSource ? ['envFrom'] : []),
    ...(lacksMount ? ['volumeMounts'] : []),
  ];
}

function isOfSource({ isInherited, fields }: WantedContainer, field: string): boolean {
  return isInherited && (field === 'image' || (field === 'workingDir' && !(field in fields)));
}

/**
 * Any version of the waiter waits, and a template that was rendered at build time may have another one. Of a user's
 * image the version counts; a digest that somebody has put in place of its tag is still that version.
 */
function isSameImage({ image, isWaiter }: WantedContainer, live: ContainerView): boolean {
  const [a, b] = [readImage(image), readImage(live.image)];
  if (a.name !== b.name || isWaiter) return a.name === b.name;
  if (a.digest !== '') return a.digest === b.digest;
  return b.digest !== '' && b.tag === '' ? true : (a.tag || LATEST) === (b.tag || LATEST);
}

const LATEST = 'latest';

/** `[registry/]name[:tag][@digest]`; registries are not compared, since mirrors take their place. */
function readImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const [named = '', digest = ''] = image.slice(image.lastIndexOf('/') + 1).split('@');
  const [name = '', tag = ''] = named.split(':');
  return { name, tag, digest };
}

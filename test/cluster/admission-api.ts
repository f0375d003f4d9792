import { randomUUID } from 'node:crypto';
import { API_VERSION, KIND, OPERATOR_USER, PLURAL } from '../../src/api/names.ts';
import { TARGET_KINDS } from '../../src/api/spec.ts';
import type { PodTemplate } from '../../src/core/render/template.ts';
import { errorFromAnswer } from '../../src/kube/api-error.ts';
import { type Connection, connect, type Init } from '../../src/kube/client/connection.ts';
import { kubeconfigCredentials } from '../../src/kube/client/kubeconfig.ts';
import { systemClock } from '../../src/kube/clock.ts';
import type { GateBuilder } from '../core/builders.ts';
import { type Kind, manifestOf, pathOf, TARGET, templateIn } from './admission-workloads.ts';
import type { ControlPlane } from './control-plane.ts';
import { eventually } from './eventually.ts';
import type { CommandOptions, CommandOutput } from './run-command.ts';

const REQUEST_LIMIT_MS = 30_000;

/** Policies, gates and what controllers make take effect a second or two after they are written. */
export const EFFECT_LIMIT_MS = 60_000;

/** A Deployment that is never stored: what admission makes of it shows which gates admission knows. */
export const PROBE = 'probe';

/** Somebody in whose name the administrator asks. */
export interface Caller {
  readonly user: string;
  readonly group: string;
}

/** The operator, and no matter what permissions it has. */
export const OPERATOR: Caller = { user: OPERATOR_USER, group: 'system:masters' };

export interface Call {
  /** Default: the administrator. */
  readonly as?: Caller;
  /** Everything happens but the storing. */
  readonly dryRun?: boolean;
  /** `Content-Type`. Default: JSON. */
  readonly type?: string;
}

export const MERGE_PATCH = 'application/merge-patch+json';

/** A real API server in the terms of these tests. The operator is played: they write what it would. */
export class AdmissionApi {
  readonly controlPlane: ControlPlane;
  readonly #connection: Connection;

  constructor(controlPlane: ControlPlane) {
    this.controlPlane = controlPlane;
    const credentials = kubeconfigCredentials({ kubeconfigPath: controlPlane.kubeconfig });
    this.#connection = connect(credentials, { clock: systemClock, userAgent: 'admission-test' });
  }

  async stop(options?: { readonly keepLogs?: boolean }): Promise<void> {
    await this.#connection.close();
    await this.controlPlane.stop(options);
  }

  /** As the administrator, or `--as` whom the arguments say. Warnings are in the standard error. */
  kubectl(args: readonly string[], options: CommandOptions = {}): Promise<CommandOutput> {
    return this.controlPlane.run(args, options);
  }

  /** @throws ApiError */
  async send(method: Init['method'], path: string, body?: unknown, call: Call = {}): Promise<unknown> {
    const { as, dryRun = false, type = 'application/json' } = call;
    const impersonation = as && { 'Impersonate-User': as.user, 'Impersonate-Group': as.group };
    const answer = await this.#connection.fetch(path + (dryRun ? '?dryRun=All' : ''), {
      method,
      headers: { 'Content-Type': type, ...impersonation },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    const text = await answer.text();
    if (answer.status >= 300) throw errorFromAnswer(answer.status, answer.retryAfter, text);
    return JSON.parse(text);
  }

  /** The template that is stored, or would be, of a workload that is created with this one. */
  async create(
    namespace: string,
    kind: Kind,
    template: PodTemplate,
    { name = TARGET, ...call }: Call & { readonly name?: string } = {},
  ): Promise<PodTemplate> {
    const manifest = manifestOf(kind, template, name);
    return templateIn(kind, await this.send('POST', pathOf(kind, namespace), manifest, call));
  }

  /** A new namespace, with the ServiceAccount that Pods need. */
  async namespace(): Promise<string> {
    const name = `admission-${randomUUID().slice(0, 8)}`;
    await this.send('POST', '/api/v1/namespaces', { metadata: { name } });
    const account = `/api/v1/namespaces/${name}/serviceaccounts/default`;
    await eventually('the ServiceAccount is there', EFFECT_LIMIT_MS, () => this.send('GET', account));
    return name;
  }

  /** Stores a gate and, if it has one, its render, as the operator leaves them. Admission knows it a little later. */
  async storeGate(namespace: string, one: GateBuilder): Promise<void> {
    const { name, finalizers, status } = one.gate;
    const metadata = { name, finalizers };
    const manifest = { apiVersion: API_VERSION, kind: KIND, metadata, spec: gateSpec(one) };
    await this.send('POST', gatePath(namespace), manifest);
    if (status.render !== undefined) await this.storeRender(namespace, one);
  }

  async storeRender(namespace: string, { gate, render }: GateBuilder): Promise<void> {
    const path = `${gatePath(namespace, gate.name)}/status`;
    await this.send('PATCH', path, { status: { render } }, { as: OPERATOR, type: MERGE_PATCH });
  }
}

/** A template of an app and nothing else. */
export function app(): PodTemplate {
  return { spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } };
}

/** A gate without targets is given the workload `TARGET` of each kind, and the probe. */
export function gateSpec({ spec }: GateBuilder): unknown {
  if (spec.targets.length > 0) return spec;
  const targets = TARGET_KINDS.map((kind) => ({ kind, name: TARGET }));
  return { ...spec, targets: [...targets, { name: PROBE }] };
}

export function gatePath(namespace: string, name?: string): string {
  const collection = `/apis/${API_VERSION}/namespaces/${namespace}/${PLURAL}`;
  return name === undefined ? collection : `${collection}/${name}`;
}

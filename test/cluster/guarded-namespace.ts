import { API_VERSION, GROUP, KIND, PLURAL } from '../../src/api/names.ts';
import type { Dependency, Target } from '../../src/api/spec.ts';
import { dns, target } from '../core/builders.ts';
import { EFFECT_LIMIT_MS } from './admission-api.ts';
import type { AdmissionCluster } from './admission-cluster.ts';
import { denial } from './admission-denial.ts';
import { eventually } from './eventually.ts';
import { type Rule, rightsOf } from './rights.ts';
import type { CommandOutput } from './run-command.ts';

/** Everything on gates. */
const GATES: Rule = {
  apiGroups: [GROUP],
  resources: [PLURAL],
  verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
};

export interface GateManifest {
  readonly name?: string;
  readonly targets?: readonly Target[];
  readonly dependencies?: readonly Partial<Dependency>[];
  readonly metadata?: object;
}

/** A namespace in which somebody writes gates, and has exactly the rights that are given here besides. */
export class GuardedNamespace {
  readonly name: string;
  readonly #cluster: AdmissionCluster;

  private constructor(cluster: AdmissionCluster, name: string) {
    this.#cluster = cluster;
    this.name = name;
  }

  static async create(cluster: AdmissionCluster): Promise<GuardedNamespace> {
    return new GuardedNamespace(cluster, await cluster.namespace());
  }

  /** Gives a user the right to write gates, and these rights; each namespace has its own users of a name. */
  async grant(user: string, ...rules: readonly Rule[]): Promise<void> {
    for (const object of rightsOf(user, this.name, GATES, ...rules))
      await this.#cluster.controlPlane.apply(JSON.stringify(object));
    await this.untilMay(user, 'deletecollection', `${PLURAL}.${GROUP}`);
    for (const { apiGroups, resources, resourceNames = [''], verbs } of rules)
      await this.untilMay(user, `${verbs[0]}`, `${resources[0]}.${apiGroups[0]}`, `${resourceNames.at(-1)}`);
  }

  untilMay(user: string, verb: string, resource: string, name = ''): Promise<unknown> {
    const of = [resource.replace(/\.$/, ''), name].filter((part) => part !== '').join('/');
    return eventually(`${user} may ${verb} ${of}`, EFFECT_LIMIT_MS, async () =>
      (await this.kubectl(['auth', 'can-i', verb, of, '--as', user])).stdout.includes('yes'),
    );
  }

  kubectl(args: readonly string[], input?: string): Promise<CommandOutput> {
    const inside = ['--namespace', this.name, ...args];
    return this.#cluster.kubectl(inside, input === undefined ? {} : { input });
  }

  /** What a user is told whose request is denied. */
  denied(user: string, args: readonly string[], input?: string): Promise<string> {
    return denial(this.kubectl(['--as', user, ...args], input));
  }

  /** The administrator writes a gate. */
  async install(gate: GateManifest): Promise<void> {
    await this.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], manifestOf(gate));
  }

  /** A user does. */
  apply(user: string, gate: GateManifest): Promise<CommandOutput> {
    return this.kubectl(['--as', user, 'apply', '--server-side', '-f', '-'], manifestOf(gate));
  }

  async gates(): Promise<string[]> {
    const { stdout } = await this.kubectl(['get', PLURAL, '-o=jsonpath={.items[*].metadata.name}']);
    return stdout.split(' ').filter((name) => name !== '');
  }
}

export function manifestOf({ name = 'api-first', targets, dependencies, metadata }: GateManifest): string {
  return JSON.stringify({
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name, ...metadata },
    spec: { targets: targets ?? [target('web')], dependencies: dependencies ?? [dns('api')] },
  });
}

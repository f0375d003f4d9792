import type { Logger } from 'pino';
import { z } from 'zod';
import { gateJsonSchema } from '../api/crd.ts';
import { fieldSchema, lackingFields } from '../api/kept-fields.ts';
import { GROUP, PLURAL, VERSION } from '../api/names.ts';
import type { OlderCrd } from '../core/status/older-crd.ts';
import { olderCrdWords } from '../core/status/older-crd.ts';
import { isForbidden, isNotFound } from '../kube/api-error.ts';
import type { Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import { CRDS } from '../projections/resources.ts';

/** How often it is looked at where nothing else is said: it is applied by people, rarely. */
const LOOK_EVERY_MS = 60_000;
/** When to look again after no answer. */
const LOOK_AGAIN_MS = 5000;

export interface CustomResourceOptions {
  readonly requests: Pick<Requests, 'get'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** How often it is looked at, ms. Default a minute. */
  readonly everyMs?: number | undefined;
  /** What is kept of gates is another than it was. */
  readonly onChange: () => void;
}

/** What is compared of a CustomResourceDefinition. */
const crdSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.object({
    versions: z.array(
      z.object({ name: z.string(), schema: z.object({ openAPIV3Schema: fieldSchema }).optional() }),
    ),
  }),
});

/**
 * Whether the CustomResourceDefinition in the cluster keeps all fields that this release writes. It is upgraded apart from
 * the operator, and the API server drops what it does not know without a word.
 */
export class CustomResource {
  readonly #options: CustomResourceOptions;
  readonly #ours = gateJsonSchema();
  readonly #settled = Promise.withResolvers<boolean>();
  #older: OlderCrd | undefined;
  #revision = '';
  #isStopped = false;
  #cancel = () => {};

  constructor(options: CustomResourceOptions) {
    this.#options = options;
  }

  /** Undefined where it keeps everything, and where it may not be read. */
  get older(): OlderCrd | undefined {
    return this.#older;
  }

  /** Looks until there is an answer, and from then on every so often. Becomes true with the first answer, false when stopped before. */
  start(): Promise<boolean> {
    void this.#turn();
    return this.#settled.promise;
  }

  stop(): void {
    this.#isStopped = true;
    this.#settled.resolve(false);
    this.#cancel();
  }

  async #turn(): Promise<void> {
    const isAnswered = await this.#look();
    if (this.#isStopped) return;
    const { clock, everyMs = LOOK_EVERY_MS } = this.#options;
    this.#cancel = clock.after(
      isAnswered ? everyMs : Math.min(LOOK_AGAIN_MS, everyMs),
      () => void this.#turn(),
    );
    if (isAnswered) this.#settled.resolve(true);
  }

  /** While there is no answer, what is known holds. */
  async #look(): Promise<boolean> {
    const { requests, log } = this.#options;
    try {
      const crd = crdSchema.safeParse(await requests.get(CRDS, { name: `${PLURAL}.${GROUP}` }));
      if (crd.success && !this.#isStopped) this.#learn(crd.data);
      if (!crd.success) log.warn({ err: crd.error }, 'the CustomResourceDefinition cannot be read');
      return true;
    } catch (error) {
      if (isNotFound(error) || isForbidden(error)) return true;
      log.warn({ err: error }, 'failed to look at the CustomResourceDefinition');
      return false;
    }
  }

  #learn({ metadata, spec }: z.infer<typeof crdSchema>): void {
    if (metadata.resourceVersion === this.#revision) return;
    this.#revision = metadata.resourceVersion;
    const schema = spec.versions.find(({ name }) => name === VERSION)?.schema?.openAPIV3Schema ?? {};
    const before = this.#older?.lacking ?? [];
    const lacking = lackingFields(this.#ours, schema);
    this.#older = lacking.length > 0 ? { lacking, schema } : undefined;
    this.#sayNewer(lackingFields(schema, this.#ours));
    if (lacking.join() === before.join()) return;
    const { log, onChange } = this.#options;
    if (this.#older) log.warn({ lacking }, olderCrdWords(this.#older));
    else log.info('the CustomResourceDefinition keeps all that this release writes again');
    onChange();
  }

  #sayNewer(unknown: readonly string[]): void {
    if (unknown.length > 0)
      this.#options.log.info(
        { fields: unknown },
        'the CustomResourceDefinition is newer than the operator: gates that use its new fields are Stalled, InvalidSpec, and keep what is in force',
      );
  }
}

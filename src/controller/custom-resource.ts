import type { Logger } from 'pino';
import { z } from 'zod';
import { gateJsonSchema } from '../api/crd.ts';
import { type FieldSchema, fieldSchema, lackingFields } from '../api/kept-fields.ts';
import { GROUP, PLURAL, VERSION } from '../api/names.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { OlderCrd } from '../core/status/older-crd.ts';
import { olderCrdWords } from '../core/status/older-crd.ts';
import { isForbidden, isNotFound } from '../kube/api-error.ts';
import type { Requests } from '../kube/client/requests.ts';
import type { Clock } from '../kube/clock.ts';
import { CRDS } from '../projections/resources.ts';
import { type Look, Lookout } from './lookout.ts';

export interface CustomResourceOptions {
  readonly requests: Pick<Requests, 'get'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** How often it is looked at, ms. Default a minute. */
  readonly everyMs?: number | undefined;
  /** What is kept of gates is another than it was. */
  readonly onChange: () => void;
  /**
   * Stored gates may be shown with other fields than before: no watch tells of that, since nothing was written. Is called
   * once more a few seconds later: an API server goes by a schema a moment after it was stored, and there may be several.
   */
  readonly onOtherSchema: () => void;
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
  readonly #lookout: Lookout;
  #older: OlderCrd | undefined;
  #revision = '';
  /** The schema of gates, as text; undefined until it is known. */
  #schema: string | undefined;
  /** Whether the last look found another schema than the one before it. */
  #isOther = false;

  constructor(options: CustomResourceOptions) {
    this.#options = options;
    const { clock, everyMs } = options;
    this.#lookout = new Lookout({ clock, everyMs, look: () => this.#look() });
  }

  /** Undefined where it keeps everything, and where it may not be read. */
  get older(): OlderCrd | undefined {
    return this.#older;
  }

  /** See {@link Lookout.start}. */
  start(): Promise<boolean> {
    return this.#lookout.start();
  }

  stop(): void {
    this.#lookout.stop();
  }

  /** While there is no answer, what is known holds. */
  async #look(): Promise<Look> {
    const { requests, log } = this.#options;
    try {
      const crd = crdSchema.safeParse(await requests.get(CRDS, { name: `${PLURAL}.${GROUP}` }));
      if (this.#lookout.isStopped) return 'sure';
      if (!crd.success) log.warn({ err: crd.error }, 'the CustomResourceDefinition cannot be read');
      return crd.success ? this.#learn(crd.data) : 'sure';
    } catch (error) {
      if (isNotFound(error) || isForbidden(error)) return 'sure';
      log.warn({ err: error }, 'failed to look at the CustomResourceDefinition');
      return 'none';
    }
  }

  #learn({ metadata, spec }: z.infer<typeof crdSchema>): Look {
    const wasOther = this.#isOther;
    this.#isOther = false;
    if (metadata.resourceVersion !== this.#revision) {
      this.#revision = metadata.resourceVersion;
      this.#compare(spec.versions.find(({ name }) => name === VERSION)?.schema?.openAPIV3Schema ?? {});
    }
    if (this.#isOther || wasOther) this.#options.onOtherSchema();
    return this.#isOther ? 'unsure' : 'sure';
  }

  #compare(schema: FieldSchema): void {
    const text = canonicalJson(schema);
    this.#isOther = this.#schema !== undefined && this.#schema !== text;
    this.#schema = text;
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

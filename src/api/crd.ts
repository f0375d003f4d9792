import { gateSchema } from './gate.ts';
import { type CelRule, type JsonSchema, toJsonSchema } from './json-schema.ts';
import { GROUP, KIND, PLURAL, SHORT_NAME, SINGULAR, VERSION } from './names.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules.ts';

/** A column of `kubectl get`. Priority 1 shows with `-o wide` only. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'date';
  readonly description: string;
  readonly jsonPath: string;
  readonly priority?: 1;
}

export const PRINTER_COLUMNS: readonly PrinterColumn[] = [
  {
    name: 'Targets',
    type: 'string',
    description: 'Targets that carry the containers, of all.',
    jsonPath: '.status.display.targets',
  },
  {
    name: 'Pods',
    type: 'string',
    description: 'Pods that have passed, of all current ones.',
    jsonPath: '.status.display.pods',
  },
  {
    name: 'Init',
    type: 'string',
    description: 'How far the Pod that is furthest behind has come.',
    jsonPath: '.status.display.init',
  },
  {
    name: 'Open',
    type: 'string',
    description: 'Whether Pods have passed, and none waits; ByHand where a person opened it.',
    jsonPath: '.status.display.open',
  },
  {
    name: 'Waiting-On',
    type: 'string',
    description: 'Dependencies that block Pods now.',
    jsonPath: '.status.display.waitingOn',
  },
  { name: 'Age', type: 'date', description: 'Age of the gate.', jsonPath: '.metadata.creationTimestamp' },
  {
    name: 'Ready',
    type: 'string',
    description: 'Whether the gate is in force.',
    jsonPath: '.status.conditions[?(@.type=="Ready")].status',
    priority: 1,
  },
  {
    name: 'Dependencies',
    type: 'string',
    description: 'The dependencies, in order.',
    jsonPath: '.status.display.dependencies',
    priority: 1,
  },
  {
    name: 'Message',
    type: 'string',
    description: 'Why the gate is stalled, or else why it is open or not.',
    jsonPath: '.status.display.message',
    priority: 1,
  },
];

/**
 * What every object has. The API server describes and checks it itself and takes little said about it here: the bound
 * of the name is what it is anyway, and there since rules are costed by it.
 */
const OBJECT: Readonly<Record<string, JsonSchema>> = {
  apiVersion: {
    type: 'string',
    description: `${GROUP}/${VERSION}: the version of the schema of this object.`,
  },
  kind: { type: 'string', description: `${KIND}: the kind of this object.` },
  metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 253 } } },
};

/**
 * How the title begins that tells one release's schema from another's: what follows is the number of fields, which grows with
 * every release. It stands in the schema, so that it is replaced with it, whoever applies it and however.
 */
export const TITLE_START = `${KIND}, fields: `;

/** The schema of a gate in the API server's terms, with the rules at their places. */
export function gateJsonSchema(): JsonSchema {
  const { description = '', properties: { spec, status } = {} } = toJsonSchema(gateSchema);
  if (!spec || !status) throw new TypeError('a gate has a spec and a status');
  const properties = { ...OBJECT, spec, status };
  const root: JsonSchema = {
    type: 'object',
    title: `${TITLE_START}${fieldsIn({ properties })}`,
    description,
    required: ['spec'],
    properties,
  };
  for (const [place, rules] of Object.entries(RULES)) {
    schemaAt(root, place)['x-kubernetes-validations'] = rules.map(celRule);
  }
  return root;
}

function fieldsIn({ properties = {}, items, additionalProperties }: JsonSchema): number {
  const below = [...Object.values(properties), ...[items ?? [], additionalProperties ?? []].flat()];
  return below.reduce((sum, schema) => sum + fieldsIn(schema), Object.keys(properties).length);
}

function celRule({ cel, message, field }: Omit<Rule<never>, 'holds'>): CelRule {
  return { rule: cel, message, ...(field && { fieldPath: `.${field.join('.')}` }) };
}

/** The schema at a place such as `spec.dependencies[].http`; '' is the root. */
function schemaAt(root: JsonSchema, place: string): JsonSchema {
  const steps = place.replaceAll('[]', '.[]').split('.').filter(Boolean);
  return steps.reduce((schema, step) => {
    const next = step === '[]' ? schema.items : schema.properties?.[step];
    if (next === undefined) throw new TypeError(`a rule stands at ${place}, where there is no ${step}`);
    return next;
  }, root);
}

/** The CustomResourceDefinition. */
export function customResourceDefinition() {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${PLURAL}.${GROUP}` },
    spec: {
      group: GROUP,
      names: {
        kind: KIND,
        listKind: `${KIND}List`,
        plural: PLURAL,
        singular: SINGULAR,
        shortNames: [SHORT_NAME],
        categories: ['all'],
      },
      scope: 'Namespaced',
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: PRINTER_COLUMNS,
          schema: { openAPIV3Schema: gateJsonSchema() },
        },
      ],
    },
  };
}

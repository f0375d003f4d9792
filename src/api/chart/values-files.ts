import { stringify } from 'yaml';
import { z } from 'zod';
import { chartValues } from './chart-values.ts';

/** What is read of a value's schema: a group of values has properties, any other one a default. */
interface ValueSchema {
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, ValueSchema>> | undefined;
}

const valueSchema: z.ZodType<ValueSchema> = z.lazy(() =>
  z.looseObject({
    description: z.string().optional(),
    default: z.unknown().optional(),
    properties: z.record(z.string(), valueSchema).optional(),
  }),
);

/** Of every release of Helm that reads schemas at all. */
const jsonSchema = () => z.toJSONSchema(chartValues, { target: 'draft-07', io: 'input' });

const GENERATED = 'Made from src/api/chart/chart-values.ts by `make generate`.';

/** config/chart/values.schema.json. */
export function formatValuesSchema(): string {
  return `${JSON.stringify({ $comment: GENERATED, ...jsonSchema() }, undefined, 2)}\n`;
}

/** config/chart/values.yaml: the defaults, each below what it is for. */
export function formatValues(): string {
  const groups = Object.entries(valuesOf(valueSchema.parse(jsonSchema())));
  return `# ${GENERATED}\n${groups.map(([name, value]) => `\n${formatValue(name, value, '')}`).join('')}`;
}

function formatValue(name: string, value: ValueSchema, indent: string): string {
  const comment = `${indent}# ${value.description}\n`;
  if (!value.properties) return comment + stringify({ [name]: value.default }).replaceAll(/^(?=.)/gm, indent);
  const within = Object.entries(valuesOf(value)).map(([key, one]) => formatValue(key, one, `${indent}  `));
  return `${comment}${indent}${name}:\n${within.join('')}`;
}

/** Those that have defaults, or hold values that do. */
function valuesOf({ properties = {} }: ValueSchema): Readonly<Record<string, ValueSchema>> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value.properties ?? value.default !== undefined),
  );
}

/** config/chart/README.md: what the chart is, and a line for each value. */
export function formatChartReadme(): string {
  return `<!-- ${GENERATED} -->
# Dependency Gate

Keeps apps from starting before what they depend on is there: a Kubernetes operator.

\`\`\`sh
helm install dependency-gate oci://ghcr.io/dependency-gate/charts/dependency-gate \\
  --namespace dependency-gate-system --create-namespace
\`\`\`

Kubernetes 1.30 or newer. The custom resource is among the templates: \`helm upgrade\` upgrades it, and \`helm
uninstall\` leaves it, with all gates, unless \`crds.keep\` is false. [Installing, upgrading and removing
it](https://github.com/dependency-gate/dependency-gate/blob/main/docs/guide/install.md).

## Values

${valuesTable()}
`;
}

/** A line for each value. */
function valuesTable(): string {
  const rows = rowsOf('', valueSchema.parse(jsonSchema()));
  return ['| value | default | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

function rowsOf(path: string, schema: ValueSchema): string[] {
  return Object.entries(valuesOf(schema)).flatMap(([name, value]) =>
    value.properties
      ? rowsOf(`${path}${name}.`, value)
      : [`| \`${path}${name}\` | \`${JSON.stringify(value.default)}\` | ${value.description} |`],
  );
}

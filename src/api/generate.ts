import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHART_TEMPLATES } from './chart/templates.ts';
import { formatChartReadme, formatValues, formatValuesSchema } from './chart/values-files.ts';
import { formatCrdYaml } from './crd-yaml.ts';
import { EDITOR_SCHEMA, formatEditorSchema } from './editor-schema.ts';
import { formatEventsReference } from './events-document.ts';
import { formatMetricsReference } from './metrics-document.ts';
import { MONITORING_MANIFESTS } from './monitoring/monitoring-manifests.ts';
import { POLICY_MANIFESTS } from './policies/manifests.ts';
import { formatReference } from './reference-document.ts';

/** The committed files that are made from the schema and the names, by their path in the repository. */
export const GENERATED: Readonly<Record<string, () => string>> = {
  'crds/dependencygates.yaml': formatCrdYaml,
  [EDITOR_SCHEMA]: formatEditorSchema,
  'docs/reference/api.md': formatReference,
  'docs/reference/metrics.md': formatMetricsReference,
  'docs/reference/events.md': formatEventsReference,
  ...POLICY_MANIFESTS,
  ...MONITORING_MANIFESTS,
  'config/chart/values.yaml': formatValues,
  'config/chart/values.schema.json': formatValuesSchema,
  'config/chart/README.md': formatChartReadme,
  ...CHART_TEMPLATES,
};

/** Writes the generated files below a folder. */
export function generate(root: string): void {
  for (const [path, format] of Object.entries(GENERATED)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, format());
  }
}

/** The generated files below a folder that are missing or not what the schema makes of them. */
export function outdated(root: string): string[] {
  return Object.entries(GENERATED)
    .filter(([path, format]) => read(join(root, path)) !== format())
    .map(([path]) => path);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `node src/api/generate.ts [--check]`: writes the files, or exits 1 where they are not up to date. */
function main(args: readonly string[]): void {
  const root = join(import.meta.dirname, '../..');
  const [option, ...rest] = args;
  if (rest.length > 0 || (option !== undefined && option !== '--check')) {
    console.error('usage: node src/api/generate.ts [--check]');
    process.exitCode = 2;
  } else if (option === undefined) {
    generate(root);
  } else {
    const files = outdated(root);
    for (const file of files) console.error(`${file} is not what the schema says: run make generate`);
    process.exitCode = files.length > 0 ? 1 : 0;
  }
}

if (import.meta.main) main(process.argv.slice(2));

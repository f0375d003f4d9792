import { KIND } from '../../api/names.ts';
import { formatContainers } from './containers.ts';
import { lineEdits, unifiedDiff } from './diff.ts';
import { functionConfigOf } from './function-config.ts';
import { type GatedTarget, gateTargets } from './gating.ts';
import { objectsIn } from './kubernetes-objects.ts';
import { formatPatches } from './patches.ts';
import { type RenderSettings, readGates } from './read-gates.ts';
import { assertReadable } from './unreadable.ts';
import { InputError, parseDocuments, placeOf, type TextSource, type YamlDocument } from './yaml/documents.ts';
import { type EditedText, editDocument } from './yaml/edit.ts';

/** What is printed: the manifests with the gates in them, what changes in them, a patch for kustomize, or bare containers. */
export const OUTPUTS = ['manifests', 'patch', 'containers'] as const;

export interface RenderOptions {
  readonly settings: RenderSettings;
  readonly output: (typeof OUTPUTS)[number] | 'diff';
}

export interface Rendered {
  /** Texts to be printed one after the other. */
  readonly texts: readonly (string | Uint8Array)[];
  /** What a person should know, one line each. */
  readonly warnings: readonly string[];
  /** What is as it was meant, and could surprise, one line each. */
  readonly notes?: readonly string[];
}

/**
 * Does at build time what admission does in the cluster: puts the containers of all gates in the input into their targets
 * in the input. The same input always gives the same output, and its own output gives itself.
 *
 * @param sources what is printed: manifests, gates among them, or the ResourceList of a kustomize function
 * @param gateSources more gates, which are not printed
 * @throws InputError with everything that is wrong with the input
 */
export function renderSources(
  sources: readonly TextSource[],
  gateSources: readonly TextSource[],
  { settings: given, output }: RenderOptions,
): Rendered {
  const documents = sources.flatMap(parseDocuments);
  const configs = documents.map(functionConfigOf).filter((config) => config !== undefined);
  const settings = { ...given, ...configs.at(-1)?.settings };
  const objects = documents.flatMap(objectsIn);
  const others = gateSources.flatMap(parseDocuments);
  const elsewhere = [...others.flatMap(objectsIn), ...configs.flatMap(({ gate }) => gate ?? [])];
  const gates = readGates([...objects, ...elsewhere]);
  assertReadable([...documents, ...others], gates);
  const none = gates.length === 0 ? [`there is no ${KIND} in the input`] : [];
  if (output === 'containers') return { texts: [formatContainers(gates, settings)], warnings: none };
  const { targets, warnings, notes } = gateTargets(gates, objects, settings);
  const known = [...none, ...warnings];
  if (output === 'patch') return { texts: [formatPatches(targets)], warnings: known, notes };
  const edited = documents.map((document) => ({ document, ...gateDocument(document, targets) }));
  return {
    texts: sources.flatMap((source, index) => {
      const its = edited.filter(({ document }) => document.source === source);
      return output === 'diff'
        ? [diffOf(source, its)]
        : [separator(source, sources[index - 1]), ...its.map((one) => encoded(source, one))];
    }),
    notes,
    warnings: [...known, ...edited.filter(({ keptForm }) => !keptForm).map(formWarning)],
  };
}

/** @throws InputError for a text that cannot hold what is put into it */
function encoded({ encoding }: TextSource, { document, text }: Edited): string | Uint8Array {
  if (encoding !== 'latin1') return text;
  if (/[\u0100-\uFFFF]/.test(text))
    throw new InputError([
      `${placeOf(document, [])}: the file is not UTF-8, and a gate has a letter for it that is`,
    ]);
  return Buffer.from(text, encoding);
}

interface Edited extends EditedText {
  readonly document: YamlDocument;
}

function gateDocument(document: YamlDocument, targets: readonly GatedTarget[]): EditedText {
  const changes = targets
    .filter(({ object }) => object.document === document)
    .map(({ object, templateAt, after }) => ({ path: [...object.path, ...templateAt], value: after }));
  return editDocument(document, changes);
}

function formWarning({ document }: Edited): string {
  return `${placeOf(document, [])}: its comments and form are lost, since YAML anchors tie what changes to what does not`;
}

function diffOf({ name }: TextSource, edited: readonly Edited[]): string {
  return unifiedDiff(
    name,
    edited.flatMap(({ document, text }) => lineEdits(document.text, text)),
  );
}

/** What is to stand between two sources, so that the documents around the seam stay two. */
function separator({ text }: TextSource, before: TextSource | undefined): string {
  if (before === undefined) return '';
  const end = before.text === '' || before.text.endsWith('\n') ? '' : '\n';
  return /^(\s*(#.*)?\n)*---(\s|$)/.test(text) ? end : `${end}---\n`;
}

import { PULL_SECRETS_ANNOTATION_PREFIX, PULL_SECRETS_SEPARATOR } from '../names.ts';
import { byRank, ofEach, positions, ranks } from './lists-cel.ts';

/** What `render/pull-secrets.ts` does, said in CEL. */

const SEPARATOR = `'${PULL_SECRETS_SEPARATOR}'`;

/**
 * CEL: the names in the records of a map of annotations, of which a condition holds on the key `k`. Guards are for releases
 * too that have no `flatten` (1.34).
 */
export function recordedIn(annotations: string, condition = 'true'): string {
  return `${annotations}.filter(k, k.startsWith('${PULL_SECRETS_ANNOTATION_PREFIX}') && ${condition})\n.map(k, string(${annotations}[k])).join(${SEPARATOR}).split(${SEPARATOR}).filter(n, n != '')`;
}

/** CEL: the name of the entry `s` of a Pod's list. */
export const NAME = "string(s.?name.orValue(''))";

/** CEL variables, by their names. */
export const PULL_SECRETS: Readonly<Record<string, string>> = {
  secretsKey: `'${PULL_SECRETS_ANNOTATION_PREFIX}' + params.metadata.name`,
  secrets: `variables.template.spec.?imagePullSecrets.orValue([]).map(s, ${NAME})`,
  wantedSecrets: 'variables.render.?imagePullSecrets.orValue([]).map(s, string(s.name))',
  record: "string(variables.annotations[?variables.secretsKey].orValue(''))",
  recordOfOthers: recordedIn('variables.annotations', 'k != variables.secretsKey'),
  putSecrets: `variables.wantedSecrets.filter(n, !(n in variables.secrets) || n in variables.recordOfOthers || n in variables.record.split(${SEPARATOR}))`,
  lostSecrets: positions(
    'variables.secrets',
    `variables.secrets[i] in variables.record.split(${SEPARATOR}) &&\n!(variables.secrets[i] in variables.recordOfOthers) && !(variables.secrets[i] in variables.putSecrets)`,
  ),
  leftSecrets: 'variables.secrets.transformList(i, n, !(i in variables.lostSecrets), n)',
  addedSecrets: 'variables.wantedSecrets.filter(n, !(n in variables.secrets))',
  rankedSecrets: ranks('variables.addedSecrets'),
  newSecrets: `${byRank('variables.rankedSecrets')}.map(i, variables.addedSecrets[i])`,
  // Behind the target's own, and sorted among themselves: gates come in random order.
  secretPlaces: `variables.newSecrets.map(n, (${positions('variables.leftSecrets', `variables.leftSecrets[i] > n &&\n(variables.leftSecrets[i] in variables.recordOfOthers || variables.leftSecrets[i] in variables.record.split(${SEPARATOR}))`)} + [size(variables.leftSecrets)])[0])`,
};

/** CEL: nothing is to be done about them. */
export const HAS_PULL_SECRETS = `size(variables.newSecrets) == 0 && variables.putSecrets.join(${SEPARATOR}) == variables.record`;

interface Pointers {
  /** The template. */
  readonly template: string;
  /** CEL: the annotation of the record. */
  readonly record: string;
}

/** CEL: the patches. */
export function pullSecretsPatch({ template, record }: Pointers): string {
  const list = `'${template}/spec/imagePullSecrets`;
  return [
    ofEach(
      'variables.lostSecrets',
      'k',
      `JSONPatch{op: 'remove', path: ${list}/' + string(variables.lostSecrets[k] - k)}`,
    ),
    `(size(variables.secrets) > 0 || size(variables.newSecrets) == 0 ? [] : [JSONPatch{op: 'add', path: ${list}', value: []}])`,
    ofEach(
      'variables.newSecrets',
      'k',
      `JSONPatch{op: 'add', path: ${list}/' + string(variables.secretPlaces[k] + k), value: {'name': variables.newSecrets[k]}}`,
    ),
    `(size(variables.putSecrets) > 0 ? [JSONPatch{op: 'add', path: ${record}, value: variables.putSecrets.join(${SEPARATOR})}] :\nvariables.record == '' ? [] : [JSONPatch{op: 'remove', path: ${record}}])`,
  ].join(' +\n');
}

import { byRank, countBefore, ofEach, positions, ranks } from './lists-cel.ts';

/**
 * Where a gate's containers stand among the init containers of a template: what `core/render/order.ts` does, in CEL. It has
 * the variables `live`, `names`, `owners` (of each the gate, or `own`) and `render`.
 */

/**
 * CEL variables: `mine`, the positions of this gate's containers; `moves` and `froms`, how the rest gets into its order;
 * `at`, where this gate's go then.
 *
 * Of the rest each has the number of its place: how many of the template's own stand before it. The order is that of a string
 * for each, its place and its gate, and then as they are. A container of the template's own ends its place, so what stands for
 * it sorts behind all names; numbers begin at 1000, so that they sort as numbers do.
 *
 * @param own what stands for a gate's name of a container of the template's own
 */
export function orderVariables(own: string): Readonly<Record<string, string>> {
  return {
    mine: positions('variables.owners', 'variables.owners[i] == params.metadata.name'),
    rest: positions('variables.owners', 'variables.owners[i] != params.metadata.name'),
    others: 'variables.rest.map(i, variables.owners[i])',
    places: ofEach('variables.others', 'i', countBefore('variables.others', `x == '${own}'`)),
    keys: `variables.others.transformList(i, o, string(1000 + variables.places[i]) + (o == '${own}' ? '~' : o))`,
    ranks: ranks('variables.keys'),
    sorted: byRank('variables.ranks'),
    // Where each of these stands when those before it have been moved to the front: whatever was behind it pushes it back.
    froms: ofEach(
      'variables.sorted',
      'i',
      `variables.sorted[i] + ${countBefore('variables.sorted', 'x > variables.sorted[i]')}`,
    ),
    moves: positions('variables.froms', 'variables.froms[i] != i'),
    // Behind the container that the gate names, or before all: where it names none, or one that is not there.
    place: `(${positions('variables.rest', `variables.others[i] == '${own}' && variables.names[variables.rest[i]] == variables.render.?after.orValue('')`)}\n.map(i, variables.places[i] + 1) + [0])[0]`,
    at: `size(${positions('variables.others', `variables.places[i] < variables.place ||\n(variables.places[i] == variables.place && variables.others[i] != '${own}' && variables.others[i] < params.metadata.name)`)})`,
  };
}

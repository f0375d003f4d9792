/**
 * Where a gate's containers stand among the init containers of a template: what `core/render/order.ts` does, in CEL. It has
 * the variables `live`, `names`, `owners` (of each the gate, or `own`) and `render`.
 */

/** CEL: the positions in a list that have a condition on `i`. */
export const positions = (list: string, condition: string) =>
  `lists.range(size(${list})).filter(i, ${condition})`;

/**
 * CEL variables: `mine`, the positions of this gate's containers; `moves` and `froms`, how the rest gets into its order;
 * `at`, where this gate's go then.
 *
 * Of the rest each has the number of its place: how many of the template's own stand before it. The order is that of a string
 * for each: its place, its gate, its position. A container of the template's own ends its place, so what stands for it sorts
 * behind all names; numbers begin at 1000, so that they sort as numbers do.
 *
 * @param own what stands for a gate's name of a container of the template's own
 */
export function orderVariables(own: string): Readonly<Record<string, string>> {
  return {
    mine: positions('variables.owners', 'variables.owners[i] == params.metadata.name'),
    rest: positions('variables.owners', 'variables.owners[i] != params.metadata.name'),
    others: 'variables.rest.map(i, variables.owners[i])',
    places: `lists.range(size(variables.others)).map(i, size(variables.others.slice(0, i).filter(o, o == '${own}')))`,
    sorted: `lists.range(size(variables.others))\n.map(i, string(1000 + variables.places[i]) + (variables.others[i] == '${own}' ? '~' : variables.others[i]) + ' ' + string(1000 + i)).sort()\n.map(s, int(s.substring(s.lastIndexOf(' ') + 1)) - 1000)`,
    // Where each of these stands when those before it have been moved to the front: whatever was behind it pushes it back.
    froms: `lists.range(size(variables.sorted)).map(k,\nvariables.sorted[k] + size(variables.sorted.slice(0, k).filter(p, p > variables.sorted[k])))`,
    moves: positions('variables.froms', 'variables.froms[i] != i'),
    // Behind the container that the gate names, or before all: where it names none, or one that is not there.
    place: `(lists.range(size(variables.rest)).filter(i, variables.others[i] == '${own}' && variables.names[variables.rest[i]] == variables.render.?after.orValue(''))\n.map(i, variables.places[i] + 1) + [0])[0]`,
    at: `size(lists.range(size(variables.others)).filter(i, variables.places[i] < variables.place ||\n(variables.places[i] == variables.place && variables.others[i] != '${own}' && variables.others[i] < params.metadata.name)))`,
  };
}

import { expect } from 'chai';
import fc from 'fast-check';
import { type Fields, fields } from '../../../src/sandbox/server/json.ts';
import { mergeSchemaOf } from '../../../src/sandbox/server/merge-keys.ts';
import { StatusError } from '../../../src/sandbox/server/status-error.ts';
import { strategicMergePatch } from '../../../src/sandbox/server/strategic-merge-patch.ts';

const schema = mergeSchemaOf('Pod');

/** Patches a Pod's spec. */
function patchSpec(spec: Fields, patch: Fields): unknown {
  return fields(strategicMergePatch({ spec }, { spec: patch }, schema)).spec;
}

const named = (...names: string[]) => names.map((name) => ({ name }));
const deleted = (name: string) => ({ name, $patch: 'delete' });
const order = (...names: string[]) => ({ '$setElementOrder/containers': named(...names) });

interface Case {
  readonly it: string;
  readonly spec: Fields;
  readonly patch: Fields;
  readonly gives: Fields;
}

/** Every result was compared with that of apimachinery v0.36. */
const CASES: readonly Case[] = [
  {
    it: 'sets and keeps fields',
    spec: { nodeName: 'a', priority: 1 },
    patch: { nodeName: 'b' },
    gives: { nodeName: 'b', priority: 1 },
  },
  {
    it: 'deletes what is null',
    spec: { nodeName: 'a', priority: 1 },
    patch: { nodeName: null },
    gives: { priority: 1 },
  },
  {
    it: 'merges items by their key and keeps their other fields',
    spec: { containers: [{ name: 'a', image: 'x', tty: true }] },
    patch: { containers: [{ name: 'a', image: 'y' }] },
    gives: { containers: [{ name: 'a', image: 'y', tty: true }] },
  },
  {
    it: 'puts new items before those that the patch does not name',
    spec: { containers: named('a', 'b') },
    patch: { containers: named('c') },
    gives: { containers: named('c', 'a', 'b') },
  },
  {
    it: 'deletes the items marked so, even where there are none such',
    spec: { containers: named('a', 'b') },
    patch: { containers: [deleted('a'), deleted('z')] },
    gives: { containers: named('b') },
  },
  {
    it: 'replaces the list where an item says so',
    spec: { containers: named('a', 'b') },
    patch: { containers: [{ name: 'c' }, { $patch: 'replace' }] },
    gives: { containers: named('c') },
  },
  {
    it: 'replaces an object that says so',
    spec: { securityContext: { runAsUser: 1, fsGroup: 2 } },
    patch: { securityContext: { $patch: 'replace', runAsUser: 3 } },
    gives: { securityContext: { runAsUser: 3 } },
  },
  {
    it: 'empties an object that is deleted by directive',
    spec: { securityContext: { runAsUser: 1 } },
    patch: { securityContext: { $patch: 'delete' } },
    gives: { securityContext: {} },
  },
  {
    it: 'orders the named items, and leaves the others before the item that they stood before',
    spec: { containers: named('a', 'b', 'c', 'd') },
    patch: order('d', 'b'),
    gives: { containers: named('a', 'c', 'd', 'b') },
  },
  {
    it: 'puts new items first and keeps every live one, where all are named',
    spec: { containers: named('a', 'b') },
    patch: { containers: named('x', 'y'), ...order('x', 'y', 'a', 'b') },
    gives: { containers: named('x', 'y', 'a', 'b') },
  },
  {
    it: 'takes new items for live ones in the places of deleted ones',
    spec: { containers: named('b', 'e') },
    patch: { containers: [deleted('b'), { name: 'c' }], ...order('c') },
    gives: { containers: named('e', 'c') },
  },
  {
    it: 'drops nulls and directives from what is new',
    spec: {},
    patch: { containers: [{ name: 'a', image: null, env: [deleted('x'), { name: 'y' }] }, deleted('b')] },
    gives: { containers: [{ name: 'a', env: [{ name: 'y' }] }] },
  },
  {
    it: 'merges within items: env by name, ports by containerPort, mounts by path',
    spec: {
      containers: [{ name: 'a', env: named('x'), ports: [{ containerPort: 80, name: 'p' }], args: ['1'] }],
    },
    patch: {
      containers: [
        {
          name: 'a',
          env: [deleted('x'), { name: 'y' }],
          ports: [{ containerPort: 80, name: 'q' }],
          args: ['2'],
        },
      ],
    },
    gives: {
      containers: [{ name: 'a', env: named('y'), ports: [{ containerPort: 80, name: 'q' }], args: ['2'] }],
    },
  },
  {
    it: 'keeps only the retained keys',
    spec: { volumes: [{ name: 'v', emptyDir: {} }] },
    patch: { volumes: [{ name: 'v', configMap: { name: 'c' }, $retainKeys: ['name', 'configMap'] }] },
    gives: { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
  },
  {
    it: 'replaces lists without a merge key as a whole',
    spec: { tolerations: named('a') },
    patch: { tolerations: named('b') },
    gives: { tolerations: named('b') },
  },
];

describe('strategicMergePatch', () => {
  for (const { it: states, spec, patch, gives } of CASES)
    it(states, () => expect(patchSpec(spec, patch)).to.deep.equal(gives));

  it('adds to a set of plain values, and takes from it', () => {
    const patchMetadata = (metadata: Fields, patch: Fields) =>
      strategicMergePatch({ metadata }, { metadata: patch }, schema);
    expect(patchMetadata({ finalizers: ['a'] }, { finalizers: ['b', 'a'] })).to.deep.equal({
      metadata: { finalizers: ['b', 'a'] },
    });
    expect(
      patchMetadata({ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }),
    ).to.deep.equal({
      metadata: { finalizers: ['b'] },
    });
  });

  it('uses the keys of the kind: the ports of a Service merge by port', () => {
    const patch = { spec: { ports: [{ port: 80, name: 'q' }] } };
    const service = strategicMergePatch(
      { spec: { ports: [{ port: 80, protocol: 'TCP' }] } },
      patch,
      mergeSchemaOf('Service'),
    );
    expect(service).to.deep.equal({ spec: { ports: [{ port: 80, protocol: 'TCP', name: 'q' }] } });
  });

  const REFUSED: readonly (readonly [string, Fields, number, RegExp])[] = [
    ['an unknown directive', { securityContext: { $patch: 'nonsense' } }, 500, /unknown patch type/],
    [
      'an item without its merge key',
      { containers: [{ image: 'x' }] },
      500,
      /does not contain declared merge key: name/,
    ],
    [
      'an order that contradicts the items',
      { containers: named('x', 'a'), ...order('a', 'x') },
      500,
      /order in patch list/,
    ],
    [
      'an order that leaves an item out',
      { containers: named('x'), ...order('a') },
      500,
      /order in patch list/,
    ],
    ['an order that is no list', { '$setElementOrder/containers': 'a' }, 400, /setElementOrder/],
    [
      'a field beside the retained keys',
      { securityContext: { $retainKeys: ['fsGroup'], runAsUser: 1 } },
      400,
      /retainKeys/,
    ],
  ];
  for (const [what, patch, status, message] of REFUSED) {
    it(`refuses ${what}`, () => {
      const spec = { containers: named('a'), securityContext: { fsGroup: 1 } };
      expect(() => patchSpec(spec, patch))
        .to.throw(StatusError, message)
        .with.property('status', status);
    });
  }

  const containerName = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const someNames = fc.uniqueArray(containerName, { minLength: 1 });
  const containers = someNames.map((names) => names.map((name) => ({ name, image: `${name}:1` })));

  it('changes nothing by an empty patch, and never its arguments', () => {
    fc.assert(
      fc.property(containers, containers, (live, patch) => {
        const given = JSON.stringify([live, patch]);
        patchSpec({ containers: live }, { containers: patch });
        expect(JSON.stringify([live, patch])).to.equal(given);
        expect(patchSpec({ containers: live }, {})).to.deep.equal({ containers: live });
      }),
    );
  });

  it('has the same result when it is applied again', () => {
    fc.assert(
      fc.property(containers, containers, someNames, (live, added, gone) => {
        const patch = {
          containers: [...added.filter(({ name }) => !gone.includes(name)), ...gone.map(deleted)],
        };
        const once = patchSpec({ containers: live }, patch);
        expect(patchSpec(fields(once), patch)).to.deep.equal(once);
      }),
    );
  });

  it('gives exactly the order that names every item', () => {
    fc.assert(
      fc.property(containers, fc.shuffledSubarray(['u', 'v', 'w'], { minLength: 1 }), (live, ours) => {
        const all = [...ours, ...live.map(({ name }) => name)];
        const patched = patchSpec({ containers: live }, { containers: named(...ours), ...order(...all) });
        expect(patched).to.deep.equal({ containers: [...named(...ours), ...live] });
      }),
    );
  });

  it('undoes an addition by deletion', () => {
    fc.assert(
      fc.property(
        containers,
        fc.uniqueArray(fc.constantFrom('u', 'v', 'w'), { minLength: 1 }),
        (live, ours) => {
          const added = patchSpec({ containers: live }, { containers: named(...ours) });
          expect(patchSpec(fields(added), { containers: ours.map(deleted) })).to.deep.equal({
            containers: live,
          });
        },
      ),
    );
  });
});

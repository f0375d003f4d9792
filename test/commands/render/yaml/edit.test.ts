import { expect } from 'chai';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { parseDocuments } from '../../../../src/commands/render/yaml/documents.ts';
import { editDocument, type ValueChange } from '../../../../src/commands/render/yaml/edit.ts';
import { READING } from '../../../../src/commands/render/yaml/reading.ts';
import { withValueAt } from '../../../../src/commands/render/yaml/value-at.ts';

function edit(text: string, ...changes: ValueChange[]) {
  const [document] = parseDocuments({ name: 'x.yaml', text });
  if (!document) throw new Error('no document');
  return editDocument(document, changes);
}

/** The text after one change that keeps its form. */
function edited(text: string, path: ValueChange['path'], value: unknown): string {
  const result = edit(text, { path, value });
  expect(result.keptForm).to.equal(true);
  return result.text;
}

const ADDED = { name: 'new', args: ['yes', '010'] };

describe('editDocument', () => {
  it('leaves a text alone whose value is the wanted one already, whatever its form', () => {
    const text = 'b: {c:   1}   # c\r\na: "x"\n\n\n';
    expect(edit(text, { path: ['b'], value: { c: 1 } })).to.deep.equal({ text, keptForm: true });
  });

  it('puts a list item first, above the comment of the one that was first', () => {
    const text = 'list:  # of ours\n# one\n- name: a # x\n\n  image: b\n# two\n- {name: c}\n# end\nlast: 1\n';
    expect(edited(text, ['list'], [ADDED, { name: 'a', image: 'b' }, { name: 'c' }])).to.equal(
      'list:  # of ours\n- name: new\n  args:\n  - "yes"\n  - "010"\n# one\n- name: a # x\n\n  image: b\n# two\n- {name: c}\n# end\nlast: 1\n',
    );
  });

  it('moves list items with their comments, and takes items out', () => {
    const text = 'list:\n# one\n- name: a\n# two\n- name: b\n# three\n- name: c';
    expect(edited(text, ['list'], [{ name: 'c' }, { name: 'a' }])).to.equal(
      'list:\n# three\n- name: c\n# one\n- name: a\n',
    );
  });

  it('changes an item in its place where only a part of it changes', () => {
    const text = 'list:\n- name: a # first\n  args: [x, y] # both\n- name: b\n';
    expect(edited(text, ['list'], [{ name: 'a', args: ['x', 'z'] }, { name: 'b' }])).to.equal(
      'list:\n- name: a # first\n  args: [x, z] # both\n- name: b\n',
    );
  });

  it('adds keys at the end of a map, before the comments after it', () => {
    const text = 'map:\n    a: 1 # one\n    # end\nlast: 1\n';
    expect(edited(text, ['map'], { a: 1, b: { c: 'true' } })).to.equal(
      'map:\n    a: 1 # one\n    b:\n      c: "true"\n    # end\nlast: 1\n',
    );
  });

  for (const [what, value] of [
    ['nothing', ''],
    ['null', ' null'],
    ['an empty list', ' []'],
    ['a comment', ' # none yet'],
    ['null and a comment', ' null # none yet'],
  ] as const) {
    it(`fills a list that was ${what}`, () => {
      const comment = value.replace(/ (null|\[\])/, '');
      expect(edited(`map:\n  list:${value}\n  b: 1\n`, ['map', 'list'], [{ name: 'a' }])).to.equal(
        `map:\n  list:${comment}\n  - name: a\n  b: 1\n`,
      );
    });
  }

  it('stays in flow style inside of it, on the same lines', () => {
    const text = 'a: { b: {c: 1}, list: [ {name: v}, {name: w} ], empty: {}, none: ~ }  # all\n';
    const value = {
      b: { c: 1, d: 'true' },
      list: [{ name: 'z' }, { name: 'v' }, { name: 'w' }],
      empty: { e: 1 },
      none: [1],
    };
    expect(edited(text, ['a'], value)).to.equal(
      'a: { b: {c: 1, d: "true"}, list: [{name: z}, {name: v}, {name: w}], empty: {e: 1}, none: [1] }  # all\n',
    );
  });

  it('keeps JSON JSON', () => {
    const text = '{\n  "a": {"b": 1},\n  "list": []\n}\n';
    const result = edited(text, [], { a: { b: 1, 'c/d': 'true' }, list: [{ name: 'x' }], e: null });
    expect(JSON.parse(result)).to.deep.equal({ a: { b: 1, 'c/d': 'true' }, list: [{ name: 'x' }], e: null });
    expect(result).to.match(/^\{\n {2}"a": \{"b": 1, /);
  });

  it('writes lists as deep as the text does, and with its line breaks', () => {
    const text = 'a:\r\n  - name: x\r\nb: 1\r\n';
    expect(edited(text, [], { a: [{ name: 'x' }], b: 1, c: [{ name: 'z' }] })).to.equal(
      'a:\r\n  - name: x\r\nb: 1\r\nc:\r\n  - name: z\r\n',
    );
  });

  it('ends a last line that had no line break', () => {
    expect(edited('a: 1', [], { a: 1, b: 2 })).to.equal('a: 1\nb: 2\n');
  });

  it('keeps block scalars, and what stands after them', () => {
    const text = 'list:\n- name: a\n  script: |+\n    one\n\n- name: b\n';
    expect(edited(text, ['list'], [ADDED, { name: 'a', script: 'one\n\n' }, { name: 'b' }])).to.equal(
      'list:\n- name: new\n  args:\n  - "yes"\n  - "010"\n- name: a\n  script: |+\n    one\n\n- name: b\n',
    );
  });

  it('edits one document of several', () => {
    const text = '# head\n---\na: 1\n---\n# two\nb: 1\n...\n---\nc: 1\n';
    const [, second] = parseDocuments({ name: 'x.yaml', text });
    expect(second && editDocument(second, [{ path: ['b'], value: 2 }])).to.deep.equal({
      text: '---\n# two\nb: 2\n...\n',
      keptForm: true,
    });
  });

  it('keeps merge keys and anchors where only one place changes', () => {
    const text = 'common: &common {a: 1}\nmap:\n  <<: *common\n  b: 1\n';
    expect(edited(text, ['map'], { a: 1, b: 1, c: 1 })).to.equal(
      'common: &common {a: 1}\nmap:\n  <<: *common\n  b: 1\n  c: 1\n',
    );
  });

  it('replaces an alias by what is to stand there', () => {
    const text = 'selector: &labels {app: x}\nlabels: *labels # the same\n';
    expect(edited(text, ['labels'], { app: 'x', gated: 'true' })).to.equal(
      'selector: &labels {app: x}\nlabels: # the same\n  app: x\n  gated: "true"\n',
    );
  });

  it('writes a document again where an anchor ties what changes to what does not', () => {
    const text = '---\n# head\nlabels: &labels\n  app: x # lost\nselector: *labels\n# end\n';
    const { text: result, keptForm } = edit(text, { path: ['labels'], value: { app: 'x', gated: 'true' } });
    expect(keptForm).to.equal(false);
    expect(result).to.equal('---\n# head\nlabels:\n  app: x\n  gated: "true"\nselector:\n  app: x\n# end\n');
  });
});

describe('editDocument, of any text', () => {
  const scalars = fc.constantFrom('x', 'yes', '1', 'a: b', '# no', 'line\nline\n', ' ', '', 1, true, null);
  const keys = fc.constantFrom('a', 'b', 'name', 'list');
  const { value } = fc.letrec<{ value: unknown; map: object; list: unknown[] }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalars, tie('map'), tie('list')),
    map: fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
    list: fc.uniqueArray(
      fc.oneof(scalars, fc.record({ name: fc.constantFrom('p', 'q', 'r'), v: tie('value') })),
      {
        maxLength: 3,
        selector: (item) => JSON.stringify(typeof item === 'object' ? item?.name : item),
      },
    ),
  }));
  const maps = fc.dictionary(keys, value, { minKeys: 1, maxKeys: 4 });
  const form = fc.record({
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    flowCollectionPadding: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_SINGLE' as const, 'QUOTE_DOUBLE' as const),
  });

  it('says what it should afterwards', () => {
    fc.assert(
      fc.property(maps, form, keys, value, (before, options, key, wanted) => {
        const text = stringify(before, { ...options, compat: 'yaml-1.1', aliasDuplicateObjects: false });
        const result = edit(text, { path: [key], value: wanted });
        const expected: unknown = JSON.parse(JSON.stringify(withValueAt(before, [key], wanted)));
        expect(parse(result.text, READING)).to.deep.equal(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

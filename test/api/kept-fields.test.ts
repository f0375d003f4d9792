import { expect } from 'chai';
import { gateJsonSchema } from '../../src/api/crd.ts';
import { type FieldSchema, fieldSchema, keptOf, lackingFields } from '../../src/api/kept-fields.ts';

const text: FieldSchema = {};
const anything: FieldSchema = { 'x-kubernetes-preserve-unknown-fields': true };
const schema: FieldSchema = {
  properties: {
    name: text,
    list: { items: { properties: { a: text } } },
    labels: { additionalProperties: { properties: { b: text } } },
    any: anything,
  },
};

describe('keptOf', () => {
  it('is a value without the fields that the schema does not have, at any depth', () => {
    const value = {
      name: 'n',
      more: 1,
      list: [{ a: 1, x: 1 }, { x: 1 }],
      labels: { one: { b: 1, x: 1 } },
      any: { x: [1] },
    };
    expect(keptOf(value, schema)).to.deep.equal({
      name: 'n',
      list: [{ a: 1 }, {}],
      labels: { one: { b: 1 } },
      any: { x: [1] },
    });
  });

  it('takes no name for a field that every object of JavaScript has', () => {
    expect(keptOf({ constructor: 1 }, schema)).to.deep.equal({});
  });
});

describe('lackingFields', () => {
  const without = (path: 'list' | 'labels', other: FieldSchema): FieldSchema => ({
    properties: { ...schema.properties, [path]: other },
  });

  it('are none between a schema and itself, as the API server gives it back', () => {
    const ours = gateJsonSchema();
    expect(lackingFields(ours, fieldSchema.parse(JSON.parse(JSON.stringify(ours))))).to.deep.equal([]);
  });

  it('are named by their paths, and not what is below them', () => {
    expect(lackingFields(schema, { properties: { name: text } })).to.deep.equal(['list', 'labels', 'any']);
    expect(lackingFields(schema, without('list', { items: {} }))).to.deep.equal(['list[].a']);
    expect(lackingFields(schema, without('labels', { additionalProperties: {} }))).to.deep.equal([
      'labels.*.b',
    ]);
  });

  it('are none where everything is kept', () => {
    expect(lackingFields(schema, anything)).to.deep.equal([]);
    expect(lackingFields(schema, without('list', { items: anything }))).to.deep.equal([]);
  });
});

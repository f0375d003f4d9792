import { expect } from 'chai';
import { parse } from 'yaml';
import { customResourceDefinition, gateJsonSchema, PRINTER_COLUMNS } from '../../src/api/crd.ts';
import { formatCrdYaml } from '../../src/api/crd-yaml.ts';
import { RULES } from '../../src/api/rules.ts';
import { levels, structuralProblems } from './structural.ts';

describe('gateJsonSchema', () => {
  it('is structural, bounded and described everywhere', () => {
    expect(structuralProblems(gateJsonSchema())).to.deep.equal([]);
  });

  it('has each rule once, at its place, with its message', () => {
    const placed = levels(gateJsonSchema()).flatMap(([place, level]) => {
      const rules = level['x-kubernetes-validations'];
      return Array.isArray(rules) && level.type !== 'string' && !level['x-kubernetes-int-or-string']
        ? [{ place, rules: rules.map(({ rule, message }) => [rule, message]) }]
        : [];
    });
    const expected = Object.entries(RULES).map(([place, rules]) => ({
      place,
      rules: rules.map(({ cel, message }) => [cel, message]),
    }));
    expect(placed).to.have.deep.members(expected);
  });

  it('gives integers the width that they need', () => {
    const { spec, status } = gateJsonSchema().properties ?? {};
    const timeout = spec?.properties?.defaults?.properties?.timeoutSeconds;
    expect(timeout).to.include({ type: 'integer', format: 'int32', minimum: 1, maximum: 300 });
    const generation = status?.properties?.observedGeneration;
    expect(generation).to.include({ type: 'integer', format: 'int64', minimum: 0 });
    expect(generation).not.to.have.property('maximum');
  });

  it('has a strict schema for the render, which is placed into Pods', () => {
    const render = gateJsonSchema().properties?.status?.properties?.render;
    expect(render?.required).to.have.members(['hash', 'initContainers', 'volumes']);
  });

  it('makes the conditions a map by type, and every other list atomic', () => {
    const lists = levels(gateJsonSchema()).filter(([, { type }]) => type === 'array');
    const others = lists.filter(([, level]) => level['x-kubernetes-list-type'] !== 'atomic');
    expect(others.map(([place]) => place)).to.deep.equal(['status.conditions']);
    expect(others[0]?.[1]).to.include({ 'x-kubernetes-list-type': 'map' });
  });
});

describe('PRINTER_COLUMNS', () => {
  it('show a gate at a glance', () => {
    const shown = PRINTER_COLUMNS.filter(({ priority }) => priority === undefined);
    expect(shown.map(({ name }) => name.toUpperCase())).to.deep.equal([
      ...['TARGETS', 'PODS', 'INIT', 'OPEN', 'WAITING-ON', 'AGE'],
    ]);
  });

  it('show more with -o wide', () => {
    const wide = PRINTER_COLUMNS.filter(({ priority }) => priority === 1);
    expect(wide.map(({ name }) => name.toUpperCase())).to.deep.equal(['READY', 'DEPENDENCIES', 'MESSAGE']);
  });

  it('point at fields that exist', () => {
    const { status } = gateJsonSchema().properties ?? {};
    for (const { jsonPath } of PRINTER_COLUMNS.filter(({ type }) => type === 'string')) {
      const [, field = '', rest = ''] = /^\.status\.(\w+)(.*)$/.exec(jsonPath) ?? [];
      const schema = status?.properties?.[field];
      const last = rest.replace(/^.*\./, '');
      expect((schema?.items ?? schema)?.properties, jsonPath).to.have.property(last);
    }
  });
});

describe('formatCrdYaml', () => {
  it('is the definition as YAML without anchors', () => {
    const yaml = formatCrdYaml();
    expect(parse(yaml)).to.deep.equal(JSON.parse(JSON.stringify(customResourceDefinition())));
    expect(yaml).not.to.match(/ [&*]\w+$/m);
  });

  it('fits into the annotation in which kubectl apply keeps a copy', () => {
    expect(JSON.stringify(customResourceDefinition()).length).to.be.below(256 * 1024);
  });

  it('defines a namespaced kind with a status, a short name and a category', () => {
    const { metadata, spec } = customResourceDefinition();
    expect(metadata.name).to.equal('dependencygates.dependencygate.dev');
    expect(spec.scope).to.equal('Namespaced');
    expect(spec.names).to.deep.include({ shortNames: ['dgate'], categories: ['all'] });
    expect(spec.versions[0]).to.deep.include({ name: 'v1alpha1', subresources: { status: {} } });
  });
});

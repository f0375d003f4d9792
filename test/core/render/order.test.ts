import { expect } from 'chai';
import { drift } from '../../../src/core/render/drift.ts';
import { changePatch } from '../../../src/core/render/inject.ts';
import { lost, orderWith } from '../../../src/core/render/order.ts';
import { podTemplateSchema, viewTemplate } from '../../../src/core/render/template.ts';
import { dns, gate, tcp, workload } from '../builders.ts';
import { injectPatch } from '../patches.ts';
import { patchTemplate } from '../simulate.ts';

const A = ['dgate-a--x', 'dgate-a--y'];
const B = ['dgate-b--x'];

/** The order once gate `a`, and gate `b` where it is given, stand behind these; first where that is empty. */
function ordered(live: string, a: string, b?: string): string {
  const place = (names: readonly string[], after: string) => ({ names, after: after || undefined });
  const placed = new Map([['a', place(A, a)], ...(b === undefined ? [] : [['b', place(B, b)] as const])]);
  return orderWith(live.split(' ').filter(Boolean), placed).join(' ');
}

describe('the order of init containers', () => {
  it('is ours first, and the own in the order that they have', () => {
    expect(ordered('migrate seed', '')).to.equal('dgate-a--x dgate-a--y migrate seed');
    expect(ordered('', '')).to.equal('dgate-a--x dgate-a--y');
  });

  it('is ours right behind the container that the gate names, wherever they were', () => {
    for (const live of [
      'net proxy migrate',
      'dgate-a--x dgate-a--y net proxy migrate',
      'net dgate-a--y proxy migrate dgate-a--x',
      'net proxy dgate-a--gone migrate',
    ])
      expect(ordered(live, 'proxy'), live).to.equal('net proxy dgate-a--x dgate-a--y migrate');
  });

  it('goes with the container that the gate names, when that is moved', () => {
    expect(ordered('proxy dgate-a--x dgate-a--y', 'proxy')).to.equal('proxy dgate-a--x dgate-a--y');
    expect(ordered('dgate-a--x dgate-a--y net proxy', 'proxy')).to.equal('net proxy dgate-a--x dgate-a--y');
  });

  it('is ours first where that container is not there: nothing starts without its gate', () => {
    expect(ordered('net dgate-a--x dgate-a--y migrate', 'proxy')).to.equal(
      'dgate-a--x dgate-a--y net migrate',
    );
  });

  it('is, of gates in several places, each in its own', () => {
    expect(ordered('net proxy migrate', 'proxy', '')).to.equal(
      'dgate-b--x net proxy dgate-a--x dgate-a--y migrate',
    );
    expect(ordered('net proxy migrate', 'net', 'proxy')).to.equal(
      'net dgate-a--x dgate-a--y proxy dgate-b--x migrate',
    );
  });

  it('is, of gates in one place, that of their names', () => {
    expect(ordered('net proxy', 'proxy', 'proxy')).to.equal('net proxy dgate-a--x dgate-a--y dgate-b--x');
    expect(ordered('dgate-c--z dgate-b--x net', '')).to.equal(
      'dgate-a--x dgate-a--y dgate-b--x dgate-c--z net',
    );
  });

  it('leaves other gates in the place that they have, since only they know theirs', () => {
    expect(ordered('net dgate-b--x proxy', '')).to.equal('dgate-a--x dgate-a--y net dgate-b--x proxy');
    expect(ordered('net dgate-b--x proxy', 'net')).to.equal('net dgate-a--x dgate-a--y dgate-b--x proxy');
  });

  it('takes a gate whose name begins like another for another', () => {
    const placed = new Map([['api', { names: ['dgate-api--x'], after: undefined }]]);
    expect(orderWith(['dgate-api-2--x'], placed)).to.deep.equal(['dgate-api--x', 'dgate-api-2--x']);
  });
});

describe('a container that a gate is to stand behind, and the template has not', () => {
  it('is told of, with what to do', () => {
    expect(lost(['net'], 'proxy')?.message).to.match(
      /no init container proxy.*add that container, or correct/,
    );
    expect(lost(['net', 'proxy'], 'proxy')).to.equal(undefined);
    expect(lost(['net'], undefined)).to.equal(undefined);
  });
});

describe('drift, of a gate that stands behind a container', () => {
  const dbFirst = gate('db-first').dependsOn(tcp('db', 5432)).specifying({ after: 'proxy' });
  const apiFirst = gate('api-first').dependsOn(dns('api'));
  const injection = { gate: 'db-first', render: dbFirst.render, target: 'Deployment/web' };
  const own = workload('web').own('proxy', 'migrate');
  const current = own.carrying(dbFirst, apiFirst);

  it('finds nothing where each gate stands in its place, in whichever order they came', () => {
    for (const placed of [current, own.carrying(apiFirst, dbFirst)]) {
      expect(placed.workload.template.initContainers.join(' ')).to.equal(
        'dgate-api-first--api proxy dgate-db-first--db migrate',
      );
      expect(drift(placed.workload.template, injection)).to.deep.equal([]);
    }
  });

  const moved: readonly (readonly [where: string, names: readonly string[], is: string])[] = [
    ['first', ['dgate-db-first--db', 'proxy', 'migrate'], 'dgate-db-first--db comes before proxy'],
    ['behind another', ['proxy', 'migrate', 'dgate-db-first--db'], 'migrate comes before dgate-db-first--db'],
    [
      'one behind, with another between',
      ['proxy', 'net', 'dgate-db-first--db', 'migrate'],
      'net comes before dgate-db-first--db',
    ],
  ];
  for (const [where, initContainers, is] of moved)
    it(`finds it ${where}, and one patch puts it right`, () => {
      const template = { ...current.workload.template, initContainers };
      expect(drift(template, injection)).to.deep.equal([`wrong order: ${is}`]);
      const patch = JSON.stringify(injectPatch(template, injection));
      expect(patch).to.contain('{"name":"proxy"},{"name":"dgate-db-first--db"}');
    });

  it('is none once one patch has placed several gates, in whichever order they came', () => {
    const target = 'Deployment/web';
    const injections = [dbFirst, apiFirst].map(({ gate: { name }, render }) => ({
      gate: name,
      render,
      target,
    }));
    for (const before of [own, own.carrying(apiFirst), own.carrying(dbFirst), current])
      for (const inject of [injections, injections.toReversed()]) {
        const patch = changePatch(before.workload.template, { inject, remove: [] });
        const after = viewTemplate(
          patchTemplate(podTemplateSchema.parse(structuredClone(before.template)), patch),
        );
        expect(after.initContainers.join(' ')).to.equal(
          'dgate-api-first--api proxy dgate-db-first--db migrate',
        );
        expect(after.volumes).to.deep.equal(['dgate-api-first', 'dgate-db-first']);
        for (const injection of inject) expect(drift(after, injection)).to.deep.equal([]);
      }
  });

  it('is none of a gate beside one that is in the wrong place', () => {
    const initContainers = ['dgate-api-first--api', 'dgate-db-first--db', 'proxy', 'migrate'];
    const template = { ...current.workload.template, initContainers };
    const other = { gate: 'api-first', render: apiFirst.render, target: 'Deployment/web' };
    expect(drift(template, other)).to.deep.equal([]);
  });
});

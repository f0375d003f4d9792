import { expect } from 'chai';
import {
  driftOf,
  firstByAdmission,
  othersInFront,
  patchWithout,
} from '../../../src/core/render/others-first.ts';
import { nested } from '../../../src/core/render/template.ts';
import { dns, type GateBuilder, gate, job, type WorkloadBuilder, workload } from '../builders.ts';

const API = 'dgate-a--api';
const REDIS = 'dgate-b--redis';

const [a, b] = [
  gate('a').targets('pinger').dependsOn(dns('api')).rendered(),
  gate('b').targets('pinger').dependsOn(dns('redis')).rendered(),
];
const injectionOf = ({ gate: { name }, render }: GateBuilder, target = 'Deployment/pinger') => ({
  ...{ gate: name, render, target },
});
const BOTH = [a, b].map((one) => injectionOf(one));

describe('othersInFront', () => {
  for (const [names, are] of [
    [[], []],
    [['own'], []],
    [[API, 'own'], []],
    [['certs', API, 'own'], ['certs']],
    [
      ['certs', API, 'trust', REDIS, 'own'],
      ['certs', 'trust'],
    ],
    [['dgate-like', API], ['dgate-like']],
  ] as const) {
    it(`are ${are.join(', ') || 'none'} of ${names.join(', ') || 'nothing'}`, () => {
      expect(othersInFront(names, BOTH)).to.deep.equal(are);
    });
  }
});

describe('othersInFront, of a gate that is to stand behind one of the own', () => {
  const behind = [injectionOf(a), { ...injectionOf(b), render: { ...b.render, after: 'proxy' } }];
  for (const [names, are] of [
    [[API, 'proxy', REDIS, 'own'], []],
    [['certs', API, 'proxy', REDIS, 'own'], ['certs']],
    [[API, 'certs', 'proxy', REDIS, 'own'], []],
    [[API, 'proxy', 'certs', REDIS, 'own'], ['certs']],
    [['proxy', API, REDIS], ['proxy']],
  ] as const) {
    it(`are ${are.join(', ') || 'none'} of ${names.join(', ')}`, () => {
      expect(othersInFront(names, behind)).to.deep.equal(are);
    });
  }
});

describe('firstByAdmission', () => {
  const cases = [
    {
      what: 'one that comes back',
      stored: ['certs', API, 'own'],
      ordered: ['certs', API, 'own'],
      without: ['certs', API, 'own'],
      are: ['certs'],
    },
    {
      what: 'two that come back',
      stored: ['certs', 'trust', API],
      ordered: ['certs', 'trust', API],
      without: ['certs', 'trust', API],
      are: ['certs', 'trust'],
    },
    {
      what: 'one of the author that stays where it is put',
      stored: ['own', API],
      ordered: [API, 'own'],
      without: [],
      are: [],
    },
    {
      what: 'one of the author that admission moves to the front',
      stored: ['own', API],
      ordered: ['own', API],
      without: [API],
      are: [],
    },
    {
      what: 'one of the author that may not be taken out',
      stored: ['own', API],
      ordered: ['own', API],
      without: [],
      are: [],
    },
    {
      what: 'one that comes back, beside one of the author that moves behind ours',
      stored: ['certs', 'own', API],
      ordered: ['certs', API, 'own'],
      without: ['certs', API, 'own'],
      are: ['certs'],
    },
    {
      what: 'one that comes back, beside one of the author that is moved to the front',
      stored: ['certs', 'own', API],
      ordered: ['certs', 'own', API],
      without: ['certs', API],
      are: ['certs'],
    },
    {
      what: 'one that comes back behind ours',
      stored: ['certs', API],
      ordered: ['certs', API],
      without: [API, 'certs'],
      are: [],
    },
    {
      what: 'one that is new with each write',
      stored: ['certs-1', API, 'own'],
      ordered: ['certs-2', API, 'own'],
      without: [],
      are: ['certs-2', 'certs-1'],
    },
    {
      what: 'one that would be put in now',
      stored: [API, 'own'],
      ordered: ['certs', API, 'own'],
      without: [],
      are: ['certs'],
    },
    { what: 'a patch that is refused', stored: ['certs', API], ordered: [], without: [], are: [] },
  ];
  for (const { what, are, ...answers } of cases) {
    it(`of ${what}: ${are.join(', ') || 'none'}`, () => {
      expect(firstByAdmission(answers, BOTH)).to.deep.equal(are);
    });
  }

  it('are sixteen at most', () => {
    const many = Array.from({ length: 40 }, (_, index) => `certs-${index}`);
    const all = [...many, API];
    expect(firstByAdmission({ stored: all, ordered: all, without: all }, BOTH)).to.deep.equal(
      many.slice(0, 16),
    );
  });
});

describe('patchWithout', () => {
  it('takes out those and nothing else', () => {
    expect(patchWithout('Deployment', ['certs', 'trust'])).to.deep.equal(
      nested('Deployment', {
        spec: {
          initContainers: [
            { name: 'certs', $patch: 'delete' },
            { name: 'trust', $patch: 'delete' },
          ],
        },
      }),
    );
    expect(patchWithout('CronJob', ['certs'])).to.have.nested.property(
      'spec.jobTemplate.spec.template.spec.initContainers[0].name',
      'certs',
    );
  });
});

describe('driftOf', () => {
  const inA = ({ workload: { kind, name } }: WorkloadBuilder) => injectionOf(a, `${kind}/${name}`);
  const carrying = workload('pinger').own('own').carrying(a).with({ templateHash: 'now' });
  const known = (...names: string[]) => [{ uid: 'uid-of-pinger', templateHash: 'now', names }];
  const found = (of: WorkloadBuilder, others: ReturnType<typeof known> = []) =>
    driftOf(of.workload, inA(of), others);

  it('is unknown, and none, while nobody has asked who put others first', () => {
    expect(found(carrying.putFirst('certs'))).to.deep.equal({ drift: [], isOrderUnknown: true });
  });

  it('is none where admission puts them first', () => {
    expect(found(carrying.putFirst('certs'), known('certs'))).to.deep.equal({
      drift: [],
      isOrderUnknown: false,
    });
  });

  it('is there where an own one is first too, or admission puts nothing first', () => {
    const drift = ['wrong order: own comes before dgate-a--api'];
    expect(found(carrying.putFirst('own').putFirst('certs'), known('certs')).drift).to.deep.equal(drift);
    expect(found(carrying.putFirst('own'), known()).drift).to.deep.equal(drift);
  });

  it('holds for the template that was asked about, of this very workload', () => {
    const first = carrying.putFirst('certs');
    for (const another of [first.with({ templateHash: 'next' }), first.with({ uid: 'another' })])
      expect(found(another, known('certs')).isOrderUnknown).to.equal(true);
  });

  it('asks nothing where more is wrong than others that are first', () => {
    const reversed = carrying.putFirst('certs').with({ templateHash: 'next' });
    const of = { ...inA(reversed), target: 'Deployment/poller' };
    const { drift, isOrderUnknown } = driftOf(reversed.workload, of, []);
    expect(isOrderUnknown).to.equal(false);
    expect(drift).to.have.members([
      'wrong order: certs comes before dgate-a--api',
      'wrong target annotation',
    ]);
  });

  it("takes what is first in a Job for admission's doing: nobody else changes its template", () => {
    const migrate = job('migrate').carrying(a).putFirst('certs');
    expect(found(migrate)).to.deep.equal({ drift: [], isOrderUnknown: false });
  });
});

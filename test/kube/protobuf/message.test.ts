import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  boxed,
  bytes,
  flag,
  integer,
  list,
  MalformedProtobuf,
  map,
  message,
  omitEmpty,
  one,
  readMessage,
  text,
  time,
} from '../../../src/kube/protobuf/message.ts';
import { type EncodedField, type EncodedFields, encode } from './encode.ts';

const INNER = message({ name: one(1, text), count: one(16, integer) });

/** One field of each sort. */
const OUTER = message({
  name: one(1, text),
  word: one(2, omitEmpty(text)),
  count: one(3, integer),
  some: one(4, omitEmpty(integer)),
  flag: one(5, flag),
  time: one(6, time),
  raw: one(7, bytes),
  quantity: one(8, boxed(text)),
  inner: one(9, INNER),
  names: list(10, text),
  inners: list(11, INNER),
  labels: map(12, text),
  amounts: map(13, boxed(text)),
});

const read = (fields: EncodedFields) => readMessage(encode(fields), OUTER);

/** Long ones, and ones that are no ASCII, are read in another way. */
const words = fc.string({ unit: 'grapheme', maxLength: 80 });
const integers = fc.integer({ min: -(2 ** 31), max: 2 ** 40 });
const entries = fc.dictionary(
  words.filter((key) => key !== '__proto__'),
  words,
  { minKeys: 1, noNullPrototype: true },
);
const inners = fc.record({ name: words, count: integers }, { requiredKeys: [] });
const optional = { requiredKeys: [] };

/** As JSON has it, but for the time, which is in seconds. */
const objects = fc.record(
  {
    ...{ name: words, word: words.filter((one) => one !== ''), count: integers, flag: fc.boolean() },
    ...{ time: fc.integer({ min: 0, max: 4_000_000_000 }), raw: fc.uint8Array(), quantity: words },
    ...{ inner: inners, names: fc.array(words, { minLength: 1 }), labels: entries, amounts: entries },
    inners: fc.array(inners, { minLength: 1 }),
  },
  optional,
);

type Written<T> = T extends fc.Arbitrary<infer Value> ? Value : never;

function inJson({ time: seconds, ...others }: Written<typeof objects>): object {
  if (seconds === undefined) return others;
  return { ...others, time: new Date(seconds * 1000).toISOString().replace('.000', '') };
}

const innerFields = ({ name, count }: Written<typeof inners>) => [...field(1, name), ...field(16, count)];

function outerFields(object: Written<typeof objects>): EncodedField[] {
  const { name, word, count, flag, time: seconds, raw, quantity, inner } = object;
  const { names = [], inners = [], labels = {}, amounts = {} } = object;
  return [
    ...[...field(1, name), ...field(2, word), ...field(3, count), ...field(5, flag), ...field(7, raw)],
    ...field(
      6,
      seconds === undefined
        ? undefined
        : [
            [1, seconds],
            [2, 0],
          ],
    ),
    ...field(8, quantity === undefined ? undefined : [[1, quantity]]),
    ...field(9, inner && innerFields(inner)),
    ...names.flatMap((one) => field(10, one)),
    ...inners.flatMap((one) => field(11, innerFields(one))),
    ...Object.entries(labels).flatMap(([key, value]) =>
      field(12, [
        [1, key],
        [2, value],
      ]),
    ),
    ...Object.entries(amounts).flatMap(([key, value]) =>
      field(13, [
        [1, key],
        [2, [[1, value]]],
      ]),
    ),
  ];
}

function field(number: number, value: EncodedField[1] | undefined): EncodedField[] {
  return value === undefined ? [] : [[number, value]];
}

/** Nothing that is read has such a number. */
const unknown: fc.Arbitrary<EncodedField> = fc.tuple(
  fc.integer({ min: 100, max: 2 ** 28 }),
  fc.oneof(words, integers, fc.boolean(), fc.uint8Array()),
);

describe('readMessage', () => {
  it('reads what JSON has in its place, whatever is there besides', () => {
    fc.assert(
      fc.property(objects, fc.array(unknown), (object, others) => {
        const fields = outerFields(object);
        const at = Math.floor(fields.length / 2);
        expect(read([...fields.slice(0, at), ...others, ...fields.slice(at)])).to.deep.equal(inJson(object));
      }),
    );
  });

  it('keeps what Go writes for empty, but where JSON would leave it out', () => {
    const empty = read([
      [1, ''],
      [2, ''],
      [3, 0],
      [4, 0],
      [5, false],
      [8, []],
      [9, []],
      [10, ''],
    ]);
    expect(empty).to.deep.equal({ name: '', count: 0, flag: false, inner: {}, names: [''] });
  });

  it('takes a time without bytes for unknown, and one of zeros for a time', () => {
    expect(read([[6, []]])).to.deep.equal({});
    expect(
      read([
        [
          6,
          [
            [1, 0],
            [2, 0],
          ],
        ],
      ]),
    ).to.deep.equal({ time: '1970-01-01T00:00:00Z' });
  });

  it('reads on behind what nobody can read: a time that no calendar has, and a text that is none', () => {
    const words = new Uint8Array([0x61, 0xff, 0xfe]);
    expect(
      read([
        [6, [[1, 2 ** 52]]],
        [1, words],
        [3, 7],
      ]),
    ).to.deep.equal({ name: 'a\ufffd\ufffd', count: 7 });
  });

  it('passes over fields of every form', () => {
    const writer = new BinaryWriter();
    writer.tag(100, WireType.Bit64).fixed64(1).tag(101, WireType.Bit32).fixed32(1);
    writer.tag(102, WireType.StartGroup).tag(1, WireType.Varint).uint32(300).tag(102, WireType.EndGroup);
    writer.tag(1, WireType.LengthDelimited).string('behind');
    expect(readMessage(writer.finish(), OUTER)).to.deep.equal({ name: 'behind' });
  });

  it('gives no bytes away, but shows them', () => {
    const sent = encode([[7, new Uint8Array([1, 2])]]);
    expect(readMessage(sent, OUTER).raw).to.have.property('buffer', sent.buffer);
  });

  /** 4 GiB, told in five bytes. */
  const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f];
  for (const [what, sent] of [
    ['a text', [0x0a, ...HUGE, 0x61]],
    ['a message', [0x4a, ...HUGE, 0x0a, 0x00]],
    ['an item of a list', [0x5a, ...HUGE]],
    ['an entry of a map', [0x62, ...HUGE]],
    ['bytes', [0x3a, ...HUGE]],
    ['a field that is not read', [0xa2, 0x06, ...HUGE]],
    ['a text that goes on behind its message', [0x4a, 0x02, 0x0a, 0x03, 0x61, 0x61, 0x61]],
  ] as const) {
    it(`refuses ${what} with a length that is a lie`, () => {
      expect(() => readMessage(new Uint8Array(sent), OUTER)).to.throw(MalformedProtobuf);
    });
  }

  for (const [what, sent] of [
    ['a known field of another form', [0x08, 0x01]],
    ['a field without a number', [0x00, 0x01]],
    ['the end of a group that did not begin', [0xa4, 0x06]],
    ['groups in groups without an end', Array(10_000).fill(0x0b)],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readMessage(new Uint8Array(sent), OUTER)).to.throw(MalformedProtobuf);
    });
  }

  it('throws nothing but MalformedProtobuf, however a message was cut or changed', () => {
    fc.assert(
      fc.property(
        objects,
        fc.nat(),
        fc.nat(),
        fc.uint8Array({ maxLength: 20 }),
        (object, from, to, others) => {
          const whole = encode(outerFields(object));
          const cut = [whole.subarray(0, from % (whole.length + 1)), others];
          const sent = Buffer.concat([...cut, whole.subarray(to % (whole.length + 1))]);
          expect(malformed(sent)).to.be.oneOf([undefined, MalformedProtobuf]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('throws nothing else for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (sent) => {
        expect(malformed(sent)).to.be.oneOf([undefined, MalformedProtobuf]);
      }),
      { numRuns: 1000 },
    );
  });
});

/** What it throws for these bytes. */
function malformed(sent: Uint8Array): unknown {
  try {
    readMessage(sent, OUTER);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.constructor : error;
  }
}

import { expect } from 'chai';
import { map, message, one, text } from '../../../src/kube/protobuf/message.ts';
import { protobuf, type Step } from '../client/misbehaving-server.ts';
import { type EncodedFields, encodeEvent, encodeObject, encodeStatus } from '../protobuf/encode.ts';
import { ReflectorRig, usual } from './reflector-rig.ts';

/** What {@link ReflectorRig} reads of its things. */
const THING = message({
  metadata: one(
    1,
    message({
      ...{ name: one(1, text), namespace: one(3, text), uid: one(5, text), resourceVersion: one(6, text) },
      annotations: map(12, text),
    }),
  ),
  data: one(2, message({ word: one(1, text) })),
});

function event(type: string, name: string, resourceVersion: string, word: string): Buffer {
  const meta: EncodedFields = [
    [1, name],
    [3, 'ns'],
    [5, `uid-${name}`],
    [6, resourceVersion],
  ];
  return encodeEvent(
    type,
    encodeObject('Thing', [
      [1, meta],
      [2, [[1, word]]],
    ]),
  );
}

function initialEnd(resourceVersion: string): Buffer {
  const end: EncodedFields = [
    [
      12,
      [
        [1, 'k8s.io/initial-events-end'],
        [2, 'true'],
      ],
    ],
  ];
  return encodeEvent('BOOKMARK', encodeObject('Thing', [[1, [[6, resourceVersion], ...end]]]));
}

const watch = (...frames: readonly Buffer[]) => protobuf(Buffer.concat(frames), { isWatch: true });

describe('Reflector, of what is read as protobuf', () => {
  let rig: ReflectorRig;

  beforeEach(() => {
    rig = new ReflectorRig(THING);
  });

  afterEach(() => rig.stop());

  const both = [event('ADDED', 'a', '1', 'one'), event('ADDED', 'b', '2', 'two'), initialEnd('5')] as const;

  it('shows what is there, and what becomes of it', async () => {
    await rig.synced(watch(...both, event('MODIFIED', 'a', '6', 'new'), event('DELETED', 'b', '7', 'two')));
    await rig.shows('a=new');
    expect(rig.errors).to.deep.equal([]);
  });

  it('takes JSON of a server that has no protobuf', async () => {
    await rig.synced(usual().step);
    await rig.shows('a=one b=two');
  });

  it('begins again where its version has expired', async () => {
    const expired = encodeEvent('ERROR', encodeStatus(410, 'Expired'));
    const again = watch(event('ADDED', 'a', '9', 'again'), initialEnd('9'));
    await rig.synced(watch(...both, expired), again);
    await rig.pauses(800);
    await rig.shows('a=again');
    await rig.asked('watch initial', 'watch initial');
    expect(rig.errors).to.deep.equal([]);
  });

  it('begins again after a frame that is no event, and says so', async () => {
    const again = watch(event('ADDED', 'a', '9', 'again'), initialEnd('9'));
    await rig.synced(watch(...both, Buffer.from('<html>')), again);
    await rig.pauses(800);
    await rig.shows('a=again');
    await rig.asked('watch initial', 'watch initial');
    expect(rig.errors.map(({ name }) => name)).to.deep.equal(['MalformedEvent']);
  });

  it('drops a frame that was cut off, and goes on from the last whole one', async () => {
    const changed = event('MODIFIED', 'a', '6', 'new');
    const whole = Buffer.concat([...both, changed.subarray(0, -3)]);
    const ended: Step = (response) => {
      protobuf(whole, { isWatch: true })(response);
      response.end();
    };
    await rig.synced(ended, watch(changed));
    await rig.shows('a=new b=two');
    await rig.asked('watch initial', 'watch from=5');
    expect(rig.errors).to.deep.equal([]);
  });
});

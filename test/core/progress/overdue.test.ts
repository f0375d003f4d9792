import { expect } from 'chai';
import { overdue } from '../../../src/core/progress/overdue.ts';
import { podProgress } from '../../../src/core/progress/pod-progress.ts';
import { ago, container, dns, type GateBuilder, gate, NOW, type PodBuilder, pod, tcp } from '../builders.ts';

const apiFirst = gate('api-first').dependsOn(dns('api'), tcp('redis', 6379));

const evaluated = ({ gate, spec }: GateBuilder, ...pods: PodBuilder[]) =>
  overdue(
    spec,
    pods.map(({ pod }) => podProgress(pod, gate.name)),
    NOW,
  );
/** A Pod of the gate, so many seconds old. */
const aged = (of: GateBuilder, seconds: number) =>
  pod(`pinger-${seconds}`)
    .of('pinger')
    .carrying(of)
    .with({ createdAt: ago(seconds) });

describe('overdue', () => {
  it('is nothing, now or later, while nothing waits', () => {
    const nothing = { dependencies: [], next: undefined };
    expect(evaluated(apiFirst)).to.deep.equal(nothing);
    expect(evaluated(apiFirst, aged(apiFirst, 1000).open())).to.deep.equal(nothing);
  });

  it('says when a dependency will be: after five minutes, where nothing else is said', () => {
    expect(evaluated(apiFirst, aged(apiFirst, 299))).to.deep.equal({ dependencies: [], next: 1000 });
  });

  it('names a dependency from that very moment, and has no more to wait for', () => {
    expect(evaluated(apiFirst, aged(apiFirst, 300))).to.deep.equal({
      dependencies: ['api'],
      next: undefined,
    });
  });

  it('goes by the Pod that waits longest', () => {
    const { dependencies } = evaluated(apiFirst, aged(apiFirst, 10), aged(apiFirst, 301));
    expect(dependencies).to.deep.equal(['api']);
  });

  it('counts for a later dependency from the end of the one before', () => {
    const second = aged(apiFirst, 1000).passed('api', ago(100)).checking('redis');
    expect(evaluated(apiFirst, second)).to.deep.equal({ dependencies: [], next: 200_000 });
  });

  it("counts from the Pod's creation where the kubelet does not know when the one before ended", () => {
    const lost = aged(apiFirst, 290).passed('api', '').checking('redis');
    expect(evaluated(apiFirst, lost, aged(apiFirst, 10))).to.deep.equal({ dependencies: [], next: 10_000 });
  });

  it("goes by the dependency's own limit, then by the gate's defaults", () => {
    const own = gate('g')
      .defaults({ overdueAfterSeconds: 60 })
      .dependsOn(dns('api', { overdueAfterSeconds: 30 }));
    const inherited = gate('g').defaults({ overdueAfterSeconds: 60 }).dependsOn(dns('api'));
    expect(evaluated(own, aged(own, 29)).next).to.equal(1000);
    expect(evaluated(inherited, aged(inherited, 59)).next).to.equal(1000);
  });

  it('names several in the order of the spec, and says when the next one will be', () => {
    const three = apiFirst.dependsOn(dns('api'), tcp('redis', 6379), dns('db'));
    const inDb = aged(three, 900).passed('api', ago(800)).passed('redis', ago(290)).checking('db');
    const inRedis = aged(three, 901).passed('api', ago(400)).checking('redis');
    expect(evaluated(three, inDb, inRedis, aged(three, 500))).to.deep.equal({
      dependencies: ['api', 'redis'],
      next: 10_000,
    });
  });

  it("does not know a limit for a user's own container", () => {
    const own = gate('g').dependsOn(container('own'));
    expect(evaluated(own, aged(own, 100_000))).to.deep.equal({ dependencies: [], next: undefined });
  });
});

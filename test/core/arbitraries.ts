import fc from 'fast-check';
import type { Dependency } from '../../src/api/spec.ts';
import type { PodTemplate } from '../../src/core/render/template.ts';
import { container, dns, type GateBuilder, gate, tcp } from './builders.ts';
import { database, jobDone, otherGate, service } from './evaluated-builders.ts';

/** Random gates and templates for properties. Names come from small pools, so that they meet. */

const NAMES = ['a', 'b', 'c', 'api', 'api-2'];

const dependency: fc.Arbitrary<Dependency> = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => dns(name)),
  fc.constantFrom(...NAMES).map((name) => dns(name, { periodSeconds: 7, overdueAfterSeconds: 20 })),
  fc.constantFrom(...NAMES).map((name) => tcp(name, 80)),
  fc.constantFrom(...NAMES).map((name) => container(name)),
  fc.constantFrom(...NAMES).map((name) => service(name)),
  fc.constantFrom(...NAMES).map((name) => jobDone(name)),
  fc.constantFrom(...NAMES).map((name) => database(name, { expression: 'object.status.up' })),
  fc.constantFrom('b', 'c').map((name) => otherGate(name)),
);

export const dependencies = fc.uniqueArray(dependency, {
  selector: ({ name }) => name,
  minLength: 1,
  maxLength: 4,
});

/** A gate of this name with random dependencies, that stands first, or behind a container that may be there. */
export const gateNamed = (name: string): fc.Arbitrary<GateBuilder> =>
  fc
    .tuple(dependencies, fc.option(fc.constantFrom('a', 'migrate', 'gone'), { freq: 2 }))
    .map(([some, after]) =>
      gate(name)
        .targets('pinger')
        .dependsOn(...some)
        .specifying(after === null ? {} : { after }),
    );

/** Names sort before, between and after those of gates, and one only looks like ours. */
const ownContainers = fc.uniqueArray(fc.constantFrom('a', 'z', 'migrate', 'dgate-x', 'dgatee--x'), {
  maxLength: 4,
});

const ownVolumes = fc.uniqueArray(fc.constantFrom('data', 'zone', 'a'), { maxLength: 3 });

/** Templates that no gate has touched; lists and maps may be missing or null. */
export const templates: fc.Arbitrary<PodTemplate> = fc
  .record({
    initContainers: fc.option(
      ownContainers.map((names) =>
        names.map((name, index) => ({ name, image: `${name}:${index}`, env: [] })),
      ),
    ),
    volumes: fc.option(ownVolumes.map((names) => names.map((name) => ({ name, emptyDir: {} })))),
    labels: fc.option(fc.constant({ app: 'pinger' })),
    annotations: fc.option(fc.constant({ 'example.com/checksum': '1' })),
  })
  .map(({ initContainers, volumes, labels, annotations }) => ({
    metadata: { labels, annotations },
    spec: { initContainers, volumes, containers: [{ name: 'app', image: 'app:1' }] },
  }));

import { expect } from 'chai';
import * as names from '../../src/api/names.ts';
import { read } from './manifests.ts';

/** What stands in clusters and in Git, as a reader looks it up. */
const NAMES = [
  names.containerName('<gate>', '<dependency>'),
  names.containerName('<gate>', names.ALL_DEPENDENCIES),
  names.volumeName('<gate>'),
  names.VOLUME_MOUNT_PATH,
  names.TOKEN_MOUNT_PATH,
  names.gateAnnotation('<gate>'),
  names.pullSecretsAnnotation('<gate>'),
  names.TARGET_ANNOTATION,
  names.GATED_LABEL,
  names.REQUIRE_LABEL,
  names.openAnnotation('<gate>', '<dependency>'),
  names.openAnnotation('<gate>', names.ALL_DEPENDENCIES),
  names.OPENED_AGAIN_ANNOTATION,
  names.START_ANNOTATION,
  names.HOLD_GATE,
  names.AGGREGATE_LABEL,
  names.FINALIZER,
  names.FIELD_MANAGER,
  names.OPERATOR_NAMESPACE,
];

describe('docs/reference/names.md', () => {
  const document = read('docs/reference/names.md');

  it('tells each name, and none that there is not', () => {
    const told = [...document.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
    expect(told).to.deep.equal(NAMES);
  });

  it('tells how long a gate and a dependency may be together', () => {
    expect(document).to.contain(`have ${names.MAX_GATE_AND_DEPENDENCY_LENGTH} characters together`);
  });

  it('tells what a gate leaves behind that is gone, and what a label is made of', () => {
    expect(document).to.contain(`\`${names.REMOVED}\` where the gate is gone`);
    expect(document).to.contain(`\`<gate>[${names.REQUIRE_SEPARATOR}<gate>…]\``);
  });
});

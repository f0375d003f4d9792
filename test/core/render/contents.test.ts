import { expect } from 'chai';
import type { Drift } from '../../../src/core/model.ts';
import { viewContainer } from '../../../src/core/render/contents.ts';
import { drift } from '../../../src/core/render/drift.ts';
import { dns, type GateBuilder, gate, workload } from '../builders.ts';

const apiFirst = gate('api-first').dependsOn(dns('api'));
const CA = { name: 'CA', value: 'mine' };
const TOKEN = { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'it' } } };
const SETTINGS = { prefix: 'APP_', configMapRef: { name: 'settings' } };
const CREDENTIALS = { secretRef: { name: 'credentials', optional: true } };
const DATA = { name: 'data', mountPath: '/data', subPath: 'sub', readOnly: true };
const ownCheck = gate('own-check').dependsOn({
  name: 'schema',
  container: {
    image: 'registry.example/tools:1',
    command: ['psql'],
    args: ['-c', 'select 1'],
    env: [CA, TOKEN],
    envFrom: [SETTINGS, CREDENTIALS],
    volumeMounts: [DATA],
  },
});

const VOLUME = { name: 'dgate-api-first', mountPath: '/var/run/dependency-gate' };
const NO_TOKEN = { name: 'dgate-api-first', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };

/** Why a template is not current after somebody has written these fields into the gate's only container. */
function driftAfter(one: GateBuilder, fields: object): Drift[] {
  const [container] = one.render.initContainers;
  const name = container?.name ?? '';
  const { template } = workload('pinger').carrying(one).overwritten(name, fields).workload;
  return drift(template, { gate: one.gate.name, render: one.render, target: 'Deployment/pinger' });
}

describe('drift of what our containers are', () => {
  const waiter: readonly (readonly [what: string, fields: object, is: string])[] = [
    ['the image of the app', { image: 'app:2' }, 'image'],
    ['no image', { image: '' }, 'image'],
    ['other arguments', { args: ['serve'] }, 'args'],
    ['no arguments', { args: undefined }, 'args'],
    ['a command', { command: ['true'] }, 'command'],
    ['a working directory', { workingDir: '/tmp' }, 'workingDir'],
    ['that it is a sidecar', { restartPolicy: 'Always' }, 'restartPolicy'],
    ['its mounts taken off', { volumeMounts: [] }, 'volumeMounts'],
    ['a part of the volume only', { volumeMounts: [{ ...VOLUME, subPath: 'x' }, NO_TOKEN] }, 'volumeMounts'],
    ['what kept the token out taken off', { volumeMounts: [VOLUME] }, 'volumeMounts'],
    ['options of Node', { env: [{ name: 'NODE_OPTIONS', value: '--require=/x' }] }, 'env'],
    ['certificates', { env: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/x' }] }, 'env'],
    ['a library to load', { env: [{ name: 'LD_PRELOAD', value: '/x' }] }, 'env'],
    ['several of these', { image: 'app:2', args: [] }, 'image, args'],
    ['something that is no container', { args: 'serve' }, 'image, args, container, volumeMounts, resources'],
  ];
  for (const [what, fields, is] of waiter) {
    it(`names what was changed where somebody has written into a waiting container: ${what}`, () => {
      expect(driftAfter(apiFirst, fields)).to.deep.equal([`changed ${is} of dgate-api-first--api`]);
    });
  }

  const own: readonly (readonly [what: string, fields: object, is: string])[] = [
    ['another version of its image', { image: 'registry.example/tools:2' }, 'image'],
    ['no version', { image: 'registry.example/tools' }, 'image'],
    ['a digest of another version', { image: 'registry.example/tools:2@sha256:0' }, 'image'],
    ['another value', { env: [{ ...CA, value: 'theirs' }, TOKEN] }, 'env'],
    ['a variable that hides its own', { env: [CA, TOKEN, { ...CA, value: 'theirs' }] }, 'env'],
    ['a value in place of a Secret', { env: [CA, { name: 'TOKEN', value: '' }] }, 'env'],
    [
      'another key',
      { env: [CA, { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'other' } } }] },
      'env',
    ],
    [
      'a key that is optional now',
      {
        env: [
          CA,
          { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'it', optional: true } } },
        ],
      },
      'env',
    ],
    ['another command', { command: ['true'] }, 'command'],
    ['one object of variables less', { envFrom: [SETTINGS] }, 'envFrom'],
    ['another prefix', { envFrom: [{ ...SETTINGS, prefix: 'A_' }, CREDENTIALS] }, 'envFrom'],
    [
      'a Secret in place of a ConfigMap',
      { envFrom: [{ prefix: 'APP_', secretRef: { name: 'settings' } }, CREDENTIALS] },
      'envFrom',
    ],
    [
      'an object that is needed now',
      { envFrom: [SETTINGS, { secretRef: { name: 'credentials' } }] },
      'envFrom',
    ],
    ['another part of the volume', { volumeMounts: [{ ...DATA, subPath: 'other' }] }, 'volumeMounts'],
    ['no volume', { volumeMounts: undefined }, 'volumeMounts'],
  ];
  for (const [what, fields, is] of own) {
    it(`names what was changed where somebody has written into a container of the user: ${what}`, () => {
      expect(driftAfter(ownCheck, fields)).to.deep.equal([`changed ${is} of dgate-own-check--schema`]);
    });
  }

  const harmless: readonly (readonly [what: string, of: GateBuilder, fields: object])[] = [
    ['another registry', apiFirst, { image: 'mirror.example:5000/a/dependency-gate:1.0.0' }],
    ['another version of the waiter, as a build may render it', apiFirst, { image: 'dependency-gate:2' }],
    ['a digest in place of the tag', ownCheck, { image: 'mirror.example/tools@sha256:0' }],
    ['a digest beside the tag', ownCheck, { image: 'registry.example/tools:1@sha256:0' }],
    [
      'one more object of variables',
      ownCheck,
      { envFrom: [CREDENTIALS, { secretRef: { name: 'a' } }, SETTINGS] },
    ],
    ['one more volume', ownCheck, { volumeMounts: [{ name: 'a', mountPath: '/a' }, DATA] }],
    ['a pull policy', apiFirst, { imagePullPolicy: 'Always' }],
    ['resources', apiFirst, { resources: { limits: { cpu: '2' } } }],
    ['a security context', apiFirst, { securityContext: { runAsUser: 1 } }],
    [
      'variables of an agent',
      apiFirst,
      { env: [{ name: 'DD_AGENT_HOST', value: 'x' }, { name: 'NODE_NAME' }] },
    ],
    ['variables before those of the user', ownCheck, { env: [{ name: 'FIRST' }, CA, TOKEN] }],
    ['variables of a ConfigMap', apiFirst, { envFrom: [{ configMapRef: { name: 'x' } }] }],
    ['fields that the API server defaults', apiFirst, { terminationMessagePath: '/dev/termination-log' }],
  ];
  for (const [what, one, fields] of harmless) {
    it(`does not mind ${what}`, () => {
      expect(driftAfter(one, fields)).to.deep.equal([]);
    });
  }

  it('does not mind mounts and sources that come back with defaults', () => {
    const [container] = apiFirst.render.initContainers;
    const volumeMounts = container?.volumeMounts?.map((one) => ({ ...one, recursiveReadOnly: 'Disabled' }));
    const more = { name: 'tools', mountPath: '/tools' };
    expect(driftAfter(apiFirst, { volumeMounts: [more, ...(volumeMounts ?? [])] })).to.deep.equal([]);
    const field = (more: object) => ({
      name: 'c',
      env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name', ...more } } }],
    });
    expect(viewContainer(field({ apiVersion: 'v1' }))).to.deep.equal(viewContainer(field({})));
  });

  it('has no words for containers of another render, which are all replaced', () => {
    const older = gate('api-first').dependsOn(dns('api', { periodSeconds: 9 }));
    const { template } = workload('pinger').carrying(older).workload;
    const injection = { gate: 'api-first', render: apiFirst.render, target: 'Deployment/pinger' };
    expect(drift(template, injection)).to.deep.equal(['stale render']);
  });
});

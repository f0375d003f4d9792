import { expect } from 'chai';
import { gateJsonSchema } from '../../src/api/crd.ts';
import { addressSources, keyReferences, keyWords } from '../../src/api/key-references.ts';
import { dependencySchema } from '../../src/api/spec.ts';
import { levels } from './structural.ts';

const DEPENDENCY = 'spec.dependencies[].';
const KINDS: Readonly<Record<string, string>> = { secretKeyRef: 'Secret', configMapKeyRef: 'ConfigMap' };
/** What a check has besides, so that the schema takes it. */
const BESIDES: Readonly<Record<string, object>> = {
  headers: { name: 'A' },
  env: { name: 'A' },
  container: { image: 'a' },
};

/** A dependency that has this reference at a path such as `http.headers[].valueFrom.secretKeyRef`, and nothing else. */
function referring(path: string): object {
  return { name: 'it', ...nested(path.split('.')) };
}

function nested([step = '', ...steps]: readonly string[]): object {
  const field = step.replace('[]', '');
  const inner = steps.length === 0 ? { name: 'db', key: 'host' } : { ...BESIDES[field], ...nested(steps) };
  return { [field]: step === field ? inner : [inner] };
}

/** Every place of the schema where a key of a Secret or ConfigMap is referred to. */
const PLACES = levels(gateJsonSchema())
  .map(([path]) => path)
  .filter((path) => path.startsWith(DEPENDENCY) && /\.(secret|configMap)KeyRef$/.test(path))
  .map((path) => path.slice(DEPENDENCY.length));

describe('keyReferences', () => {
  it('is asked of a schema that has references', () => {
    expect(PLACES).to.include.members(['tcp.hostFrom.secretKeyRef', 'http.headers[].valueFrom.secretKeyRef']);
  });

  for (const place of PLACES) {
    it(`knows ${place}`, () => {
      const kind = KINDS[place.split('.').at(-1) ?? ''];
      const found = keyReferences(dependencySchema.parse(referring(place)));
      const required = !place.includes('caFrom');
      expect(found).to.deep.equal([{ kind, name: 'db', key: 'host', required }]);
    });
  }
});

describe('keyReferences of a container', () => {
  const of = (container: object) =>
    keyReferences(dependencySchema.parse({ name: 'it', container: { image: 'a', ...container } }));

  it('knows the objects whose keys are all read', () => {
    const [configMapRef, secretRef] = [{ name: 'settings' }, { name: 'token' }];
    expect(of({ envFrom: [{ prefix: 'A', configMapRef }, { secretRef }] })).to.deep.equal([
      { kind: 'ConfigMap', name: 'settings', key: undefined, required: true },
      { kind: 'Secret', name: 'token', key: undefined, required: true },
    ]);
  });

  it('needs none that is optional', () => {
    const [key, whole] = [
      { name: 'a', key: 'k', optional: true },
      { name: 'a', optional: true },
    ];
    const references = of({
      env: [
        { name: 'A', valueFrom: { secretKeyRef: key } },
        { name: 'B', valueFrom: { configMapKeyRef: key } },
      ],
      envFrom: [{ configMapRef: whole }, { secretRef: whole }],
    });
    expect(references.map(({ required }) => required)).to.deep.equal([false, false, false, false]);
  });
});

describe('keyReferences, of a client certificate', () => {
  it('are its Secret, both keys, which may come later', () => {
    const tls = { clientCertificateFrom: { secretRef: { name: 'client' } } };
    const found = keyReferences(dependencySchema.parse({ name: 'it', grpc: { host: 'a', port: 1, tls } }));
    const secret = { kind: 'Secret', name: 'client', required: false } as const;
    expect(found).to.deep.equal([
      { ...secret, key: 'tls.crt' },
      { ...secret, key: 'tls.key' },
    ]);
  });
});

describe('addressSources', () => {
  it('are those of the address, in the order of its parts, and no headers and certificates', () => {
    const of = (name: string) => ({ secretKeyRef: { name, key: 'a' } });
    const [tcp, http, grpc] = [
      { tcp: { hostFrom: of('h'), portFrom: of('p') } },
      { http: { urlFrom: of('u'), headers: [{ name: 'A', valueFrom: of('x') }] } },
      { grpc: { host: 'a', portFrom: of('q') } },
    ].map((check) => addressSources(dependencySchema.parse({ name: 'it', ...check })).map(keyWords));
    expect([tcp, http, grpc]).to.deep.equal([
      ['key a of Secret h', 'key a of Secret p'],
      ['key a of Secret u'],
      ['key a of Secret q'],
    ]);
  });
});

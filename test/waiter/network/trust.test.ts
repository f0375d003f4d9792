import { expect } from 'chai';
import { sharedTrust, trusting } from '../../../src/waiter/network/trust.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { filesIn } from '../in-memory-files.ts';

const FILE = '/run/configmap/trust/ca.crt';

/** A file that is mounted, as it is by now; undefined while it is not there. */
class MountedFile {
  current: { readonly version: string; readonly text: string } | undefined;
  reads = 0;

  readonly read = (path: string) => {
    expect(path).to.equal(FILE);
    const found = this.current;
    if (found === undefined) return undefined;
    const text = () => {
      this.reads++;
      return found.text;
    };
    return { version: found.version, text };
  };
}

describe('trusting', () => {
  let one = '';
  let other = '';
  before(async function () {
    this.timeout(60_000);
    one = (await makeCertificates('DNS:one.test')).ca;
    other = (await makeCertificates('DNS:other.test')).ca;
  });

  it('trusts whom Node trusts where it is told no file, read once', () => {
    const trust = trusting({}, () => expect.fail('no file is to be read'));
    expect(trust()).to.have.property('context');
    expect(trust()).to.equal(trust());
  });

  it('says that the bundle is missing until it is there, and again when it has gone', () => {
    const file = new MountedFile();
    const trust = trusting({ caFile: FILE }, file.read);
    const missing = { failure: 'no CA bundle yet: key ca.crt of ConfigMap trust is missing' };
    expect(trust()).to.deep.equal(missing);
    file.current = { version: '1', text: one };
    const trusted = trust();
    expect(trusted).to.have.property('context');
    file.current = undefined;
    expect(trust()).to.deep.equal(missing);
    file.current = { version: '1', text: one };
    expect(trust()).to.equal(trusted);
  });

  it('reads the file again when it is another one, and the certificates when they are', () => {
    const file = new MountedFile();
    const trust = trusting({ caFile: FILE }, file.read);
    file.current = { version: '1', text: one };
    const first = trust();
    expect(trust()).to.equal(first);
    expect(file.reads).to.equal(1);
    file.current = { version: '2', text: one };
    expect(trust()).to.equal(first);
    expect(trust()).to.equal(first);
    expect(file.reads).to.equal(2);
    file.current = { version: '3', text: other };
    expect(trust()).to.not.equal(first);
    expect(trust()).to.equal(trust());
    expect(file.reads).to.equal(3);
  });

  for (const [what, text] of [
    ['nothing', ''],
    ['no certificate', '# to be filled in\n'],
    ['another kind of PEM', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
  ] as const) {
    it(`says that a bundle holds no certificate where ${what} is in it, until it does`, () => {
      const file = new MountedFile();
      const trust = trusting({ caFile: FILE }, file.read);
      file.current = { version: '1', text };
      const failure = 'no certificate in the CA bundle: key ca.crt of ConfigMap trust holds none';
      expect(trust()).to.deep.equal({ failure });
      expect(trust()).to.deep.equal({ failure });
      file.current = { version: '2', text: one };
      expect(trust()).to.have.property('context');
    });
  }
});

describe('trusting, with a client certificate', () => {
  const [certFile, keyFile] = ['/run/secret/client/tls.crt', '/run/secret/client/tls.key'];
  const files: Record<string, string> = {};
  let one: Certificates;
  let other: Certificates;
  const trust = () => trusting({ client: { certFile, keyFile } }, filesIn(files));
  before(async function () {
    this.timeout(60_000);
    one = await makeCertificates('DNS:one.test');
    other = await makeCertificates('DNS:other.test');
  });
  beforeEach(() => {
    for (const path of Object.keys(files)) delete files[path];
  });
  const put = (cert: string | undefined, key: string | undefined) => {
    if (cert !== undefined) files[certFile] = cert;
    if (key !== undefined) files[keyFile] = key;
  };

  it('is made once, and again when either file holds something else', () => {
    put(one.cert, one.key);
    const trusted = trust();
    const first = trusted();
    expect(first).to.have.property('context');
    expect(trusted()).to.equal(first);
    put(other.cert, other.key);
    expect(trusted()).to.have.property('context').that.is.not.equal(first);
  });

  it('cannot be used while the two do not fit, as in the moment of a rotation', () => {
    put(one.cert, one.key);
    const trusted = trust();
    expect(trusted()).to.have.property('context');
    put(other.cert, undefined);
    expect(trusted())
      .to.have.property('failure')
      .that.matches(
        /^the client certificate cannot be used: key tls\.crt of Secret client and key tls\.key of Secret client: .*mismatch/,
      );
    put(undefined, other.key);
    expect(trusted()).to.have.property('context');
  });

  const bad: readonly (readonly [string, string | undefined, string | undefined, string | RegExp])[] = [
    ['no file', undefined, undefined, 'no client certificate yet: key tls.crt of Secret client is missing'],
    ['no key', 'cert', undefined, 'no client key yet: key tls.key of Secret client is missing'],
    [
      'what is no certificate',
      'key',
      'key',
      'no client certificate: key tls.crt of Secret client holds none, as PEM',
    ],
    ['what is no key', 'cert', 'cert', 'no client key: key tls.key of Secret client holds none, as PEM'],
    [
      'a key that is encrypted',
      'cert',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
      'no client key: that in key tls.key of Secret client is encrypted',
    ],
    [
      'one that is encrypted as OpenSSL used to',
      'cert',
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n',
      'no client key: that in key tls.key of Secret client is encrypted',
    ],
    [
      'a key that is cut off',
      'cert',
      '-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n',
      /^the client certificate cannot be used: .*: \S/,
    ],
    [
      'a certificate that is cut off',
      '-----BEGIN CERTIFICATE-----\nMIGHAgEA\n-----END CERTIFICATE-----\n',
      'key',
      /^the client certificate cannot be used: .*: \S/,
    ],
  ];
  for (const [what, cert, key, words] of bad)
    it(`says so of ${what}, and shows nothing of it`, () => {
      const of = (text: string | undefined) => (text === 'cert' ? one.cert : text === 'key' ? one.key : text);
      put(of(cert), of(key));
      const found = trust()();
      const failure = 'failure' in found ? found.failure : '';
      if (typeof words === 'string') expect(failure).to.equal(words);
      else expect(failure).to.match(words);
      expect(failure).not.to.match(/BEGIN|MIGH/);
    });
});

describe('sharedTrust', () => {
  it('is one for those who name the same files, and another for every other', async () => {
    const { ca, cert, key } = await makeCertificates('DNS:one.test');
    const trustIn = sharedTrust(filesIn({ '/a': ca, '/b': ca, '/tls.crt': cert, '/tls.key': key }));
    const client = { certFile: '/tls.crt', keyFile: '/tls.key' };
    const several = [{}, { caFile: '/a' }, { caFile: '/b' }, { client }, { caFile: '/a', client }];
    const trusted = several.map((files) => trustIn(files)());
    expect(new Set(trusted)).to.have.property('size', several.length);
    for (const [index, files] of several.entries()) expect(trustIn({ ...files })()).to.equal(trusted[index]);
  }).timeout(60_000);
});

import { expect } from 'chai';
import { trusting } from '../../../src/waiter/network/trust.ts';
import { makeCertificates } from '../certificates.ts';

const FILE = '/run/ca/trust/ca.crt';

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
    const trust = trusting(undefined, () => expect.fail('no file is to be read'));
    expect(trust()).to.have.property('context');
    expect(trust()).to.equal(trust());
  });

  it('says that the bundle is missing until it is there, and again when it has gone', () => {
    const file = new MountedFile();
    const trust = trusting(FILE, file.read);
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
    const trust = trusting(FILE, file.read);
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
      const trust = trusting(FILE, file.read);
      file.current = { version: '1', text };
      const failure = 'no certificate in the CA bundle: key ca.crt of ConfigMap trust holds none';
      expect(trust()).to.deep.equal({ failure });
      expect(trust()).to.deep.equal({ failure });
      file.current = { version: '2', text: one };
      expect(trust()).to.have.property('context');
    });
  }
});

import { expect } from 'chai';
import { parseHosts } from '../../../src/waiter/network/hosts.ts';

describe('parseHosts', () => {
  const hosts = parseHosts(`# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost
10.1.2.3\tpod-1   # this Pod

# Entries added by HostAliases.
10.9.9.9\tDb.Example\tcache.example
fe80::1%eth0\tlink.example
`);

  it('knows all addresses of a name, in order', () => {
    expect(hosts.get('localhost')).to.deep.equal(['127.0.0.1', '::1']);
  });

  it('knows every name of a line, in lower case', () => {
    expect([hosts.get('db.example'), hosts.get('cache.example')]).to.deep.equal([['10.9.9.9'], ['10.9.9.9']]);
  });

  it('takes nothing from comments', () => {
    expect([...hosts.keys()]).to.deep.equal([
      'localhost',
      'ip6-localhost',
      'pod-1',
      'db.example',
      'cache.example',
      'link.example',
    ]);
  });

  it('knows no name by what is not an address', () => {
    expect([...parseHosts('nowhere db\n- db\n10.0.0 db\ndb').keys()]).to.deep.equal([]);
  });
});

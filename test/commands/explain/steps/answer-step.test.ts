import { expect } from 'chai';
import { container, dns, NAMESPACE, tcp } from '../../../core/builders.ts';
import { about, NO_SERVICE, propose, say, seenService } from '../explained.ts';

const NS = `-n ${NAMESPACE}`;

describe('what to do where a check is not satisfied', () => {
  it('is to make the Service that the host names', () => {
    const all = about(dns('api'), undefined, { observation: NO_SERVICE, log: ['waiting for api: NXDOMAIN'] });
    expect(say(all)).to.deep.equal([
      'api: Service api does not exist in my-namespace. Create it, or correct the host in the gate.',
    ]);
    expect(propose(all)).to.deep.equal([`kubectl get services ${NS}`]);
  });

  it('is to look behind a Service that has nothing ready', () => {
    const all = about(tcp('redis', 6379), undefined, {
      observation: seenService('redis', 0),
      log: ['waiting for redis: connection refused'],
    });
    expect(say(all)).to.deep.equal(['redis: Service redis has no Pod that is ready behind it.']);
    expect(propose(all)).to.deep.equal([
      `kubectl describe service redis ${NS}`,
      `kubectl get endpointslices -l kubernetes.io/service-name=redis ${NS}`,
    ]);
  });

  it('is what the log says where the Service is as it should be', () => {
    const all = about(tcp('redis', 6379), undefined, {
      observation: seenService('redis', 1),
      log: ['waiting for redis: NXDOMAIN', 'overdue: still waiting for redis after 5m: timeout'],
    });
    expect(say(all)[0]).to.match(/^redis: timeout: no answer: a network policy/);
    expect(propose(all)).to.have.length(2);
  });

  it('is to make the CA bundle that the check misses, whatever else is missing too', () => {
    const tls = { caFrom: { configMapKeyRef: { name: 'trust', key: 'ca.crt' } } };
    const rpc = { name: 'rpc', grpc: { host: 'redis', port: 1, tls } };
    const all = about(rpc, undefined, {
      observation: seenService('redis', 0),
      log: ['waiting for rpc: no CA bundle yet: key ca.crt of ConfigMap trust is missing'],
    });
    expect(say(all)[0]).to.match(
      /^rpc: ConfigMap trust is not in my-namespace, or lacks the key ca\.crt\. Create it/,
    );
    expect(propose(all)).to.deep.equal([`kubectl describe configmap trust ${NS}`]);
  });

  it('is to make the Secret of a client certificate that the check misses, or to look into it', () => {
    const tls = { clientCertificateFrom: { secretRef: { name: 'client' } } };
    const rpc = { name: 'rpc', grpc: { host: 'redis', port: 1, tls } };
    const told = (answer: string) => about(rpc, undefined, { log: [`waiting for rpc: ${answer}`] });
    const missing = told('no client key yet: key tls.key of Secret client is missing');
    expect(say(missing)[0]).to.match(
      /^rpc: Secret client is not in my-namespace, or lacks the key tls\.key\./,
    );
    expect(propose(missing)).to.deep.equal([`kubectl describe secret client ${NS}`]);
    expect(say(told('no client key: that in key tls.key of Secret client is encrypted'))[0]).to.match(
      /put a PEM certificate and its key, not encrypted, into that Secret/,
    );
    expect(say(told('connection closed'))[0]).to.match(
      /it may not accept that of tls\.clientCertificateFrom/,
    );
  });

  it('is to look where the address stands, where the gate does not have it', () => {
    const hostFrom = { secretKeyRef: { name: 'db', key: 'host' } };
    const db = { name: 'db', tcp: { hostFrom, port: 5432 } };
    const all = about(db, undefined, { log: ['waiting for db: connection refused'] });
    expect(say(all)[0]).to.match(/^db: connection refused: .* Where it asks is in key host of Secret db\.$/);
  });

  it('is to compare where neither says more', () => {
    const all = about(dns('api'), undefined, { observation: seenService('api', 1) });
    expect(say(all)).to.deep.equal([
      'api: Service api has 1 ready endpoint, and the check is not satisfied yet.',
    ]);
  });

  for (const [answer, meaning] of [
    ['NXDOMAIN', /the name does not exist where the Pod asks/],
    ['no data', /without an address/],
    ['SERVFAIL', /upstream/],
    ['REFUSED', /does not answer such questions/],
    ['no name server reachable', /cluster DNS/],
    ['connection refused', /nobody listens/],
    ['no route to host', /no way from the Pod/],
    ['HTTP 503', /a status that does not satisfy/],
    ['not an HTTP response', /something else listens/],
    ['not a TLS response', /something else listens/],
    ['self-signed certificate', /tls\.caFrom/],
    ['no certificate in the CA bundle: key a of ConfigMap b holds none', /PEM/],
    ['NOT_SERVING', /not ready/],
    ['SERVICE_UNKNOWN', /grpc\.service/],
    ['gRPC UNIMPLEMENTED', /grpc\.health/],
  ] as const) {
    it(`means something for ${answer}, of a host outside of the namespace`, () => {
      const far = { name: 'far', tcp: { host: 'api.elsewhere', port: 80 } };
      const [text = ''] = say(about(far, undefined, { log: [`waiting for far: ${answer}`] }));
      expect(text)
        .to.match(new RegExp(`^far: ${answer}: `))
        .and.to.match(meaning);
    });
  }

  it('is the answer alone where nobody knows what it means', () => {
    const far = { name: 'far', tcp: { host: 'api.elsewhere', port: 80 } };
    expect(say(about(far, undefined, { log: ['waiting for far: EWHATEVER'] }))).to.deep.equal([
      'far: EWHATEVER.',
    ]);
  });

  it('is to read the log where it could not be read, or does not tell', () => {
    const far = { name: 'far', tcp: { host: 'api.elsewhere', port: 80 } };
    const command = `kubectl logs pinger-1 -c dgate-first--far ${NS}`;
    expect(propose(about(far))).to.deep.equal([command]);
    const logs = new Map([['far', { pod: 'pinger-1', lines: { unread: 'no', forbidden: true } }]]);
    expect(propose(about(far, undefined, { explain: { logs } }))).to.deep.equal([command]);
    expect(propose(about(far, undefined, { log: ['something else'] }))).to.deep.equal([command]);
  });

  it("is to read the log of one's own container", () => {
    const all = about(container('own'));
    expect(propose(all)).to.deep.equal([`kubectl logs pinger-1 -c dgate-first--own ${NS}`]);
  });
});

import { expect } from 'chai';
import type { Dependency } from '../../../src/api/spec.ts';
import { checkWords } from '../../../src/core/status/check-words.ts';

describe('checkWords', () => {
  const hostFrom = { secretKeyRef: { name: 'db', key: 'host' } };
  const portFrom = { configMapKeyRef: { name: 'settings', key: 'port' } };
  const words: readonly (readonly [Omit<Dependency, 'name'>, string])[] = [
    [{ tcp: { host: 'redis', port: 6379 } }, 'tcp redis:6379'],
    [{ http: { url: 'http://api/healthz' } }, 'http http://api/healthz'],
    [{ tcp: { hostFrom, port: 5432 } }, 'tcp, host from key host of Secret db, port 5432'],
    [{ grpc: { host: 'api', portFrom } }, 'grpc, host api, port from key port of ConfigMap settings'],
    [
      { tcp: { hostFrom, portFrom } },
      'tcp, host from key host of Secret db, port from key port of ConfigMap settings',
    ],
    [{ container: { image: 'tools:1' } }, 'container tools:1'],
    [{ container: { from: 'web' } }, 'container with the image of web'],
    [{ http: { urlFrom: hostFrom } }, 'http, URL from key host of Secret db'],
  ];
  for (const [check, expected] of words) {
    it(`are ${expected}`, () => expect(checkWords({ name: 'it', ...check })).to.equal(expected));
  }
});

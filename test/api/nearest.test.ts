import { expect } from 'chai';
import { nearest } from '../../src/api/nearest.ts';

const CHECKS = [
  'name',
  'dns',
  'tcp',
  'http',
  'grpc',
  'service',
  'resource',
  'gate',
  'container',
  'timeoutSeconds',
];

describe('nearest', () => {
  const meant: readonly (readonly [string, string])[] = [
    ['tpc', 'tcp'],
    ['TCP', 'tcp'],
    ['htp', 'http'],
    ['services', 'service'],
    ['resorce', 'resource'],
    ['contianer', 'container'],
    ['timeout', 'timeoutSeconds'],
    ['timeoutseconds', 'timeoutSeconds'],
    ['dsn', 'dns'],
  ];
  for (const [word, one] of meant) {
    it(`takes ${word} for ${one}`, () => expect(nearest(word, CHECKS)).to.equal(one));
  }

  it('takes a word for none that is far away, or that it only begins like', () => {
    for (const word of ['colour', 'udp-check', 'x', '', 'ti', 'replicas'])
      expect(nearest(word, CHECKS), word).to.equal(undefined);
    expect(nearest('tcp', [])).to.equal(undefined);
  });
});

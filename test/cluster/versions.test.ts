import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { GO_MODULE, moduleFile } from './go-module.ts';
import { earlierPatches, moduleOf, pinnedIn } from './pin.ts';
import {
  MAIN_VERSION,
  MUTATING_POLICIES,
  meets,
  minorName,
  VERSIONS,
  versionNamed,
  versionUnderTest,
} from './versions.ts';

const UPSTREAM = `module k8s.io/kubernetes

go 1.25.0

godebug default=go1.25

require (
	github.com/example/other v1.2.3
	go.etcd.io/etcd/server/v3 v3.6.5 // indirect
	k8s.io/api v0.0.0
)

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/kubectl => ./staging/src/k8s.io/kubectl
)
`;

describe('the versions', () => {
  for (const { version } of VERSIONS) {
    it(`${version} is what its Go module pins`, () => {
      expect(pinnedIn(readFileSync(join(GO_MODULE, moduleFile(version)), 'utf8'))).to.equal(version);
    });
  }

  it('are one of each minor release, the oldest first', () => {
    const minors = VERSIONS.map(({ version }) => Number(version.split('.')[1]));
    expect(minors).to.deep.equal([...new Set(minors)].toSorted((a, b) => a - b));
  });

  it('serve mutating policies from 1.36 on', () => {
    const serving = VERSIONS.map(({ version }) => version).filter((one) => meets(one, MUTATING_POLICIES));
    expect(serving.map(minorName)).to.include('1.36').and.to.not.include('1.35');
  });
});

describe('versionUnderTest', () => {
  const asked = (name: string) => versionUnderTest({ DEPENDENCY_GATE_TEST_KUBERNETES: name });

  it('is the one that the environment names, by its number or that of its minor release', () => {
    expect(asked('1.37.2')).to.equal('1.37.2');
    expect(asked('1.37')).to.equal('1.37.2');
  });

  it('is the main one where none is named', () => {
    expect(versionUnderTest({})).to.equal(MAIN_VERSION);
    expect(asked('')).to.equal(MAIN_VERSION);
  });

  it('is no other: the error names those that there are', () => {
    expect(() => asked('1.12.0')).to.throw(/^Kubernetes 1\.12\.0 is none of .*1\.36\.3, 1\.37\.2$/);
    expect(() => versionNamed('1')).to.throw('Kubernetes 1 is none of');
  });
});

describe('earlierPatches', () => {
  it('are of the same minor release, the newest first', () => {
    expect(earlierPatches('1.35.3')).to.deep.equal(['1.35.2', '1.35.1', '1.35.0']);
    expect(earlierPatches('1.35.0')).to.deep.equal([]);
  });
});

describe('moduleOf', () => {
  it('takes etcd and the language version from Kubernetes, and its libraries as they are published', () => {
    expect(moduleOf('1.35.4', UPSTREAM)).to.equal(`module dependencygate.dev/test/cluster

go 1.25.0

require (
	go.etcd.io/etcd/server/v3 v3.6.5
	k8s.io/component-base v0.35.4
	k8s.io/kubectl v0.35.4
	k8s.io/kubernetes v1.35.4
)

replace (
	k8s.io/api => k8s.io/api v0.35.4
	k8s.io/kubectl => k8s.io/kubectl v0.35.4
)
`);
  });

  it('takes a library of an earlier patch where that of this one is not to be had', () => {
    const module = moduleOf('1.35.4', UPSTREAM, new Map([['k8s.io/kubectl', 'v0.35.2']]));
    expect(module).to.include('\tk8s.io/kubectl v0.35.2\n\tk8s.io/kubernetes v1.35.4\n');
    expect(module).to.include(
      '\tk8s.io/api => k8s.io/api v0.35.4\n\tk8s.io/kubectl => k8s.io/kubectl v0.35.2\n',
    );
  });

  it('says what it does not find', () => {
    expect(() => moduleOf('1.35.4', 'go 1.25.0\n')).to.throw('the go.mod of Kubernetes 1.35.4 has no');
  });
});

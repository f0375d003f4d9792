import { expect } from 'chai';
import { eventually } from './eventually.ts';
import { TOOLS_IMAGE, toolsImage } from './images.ts';
import { useNode } from './use.ts';

describe('startNode, with a DNS cache', function () {
  this.timeout(180_000);
  const cluster = useNode({ dnsCacheSeconds: 300 });
  const kubectl = (...args: readonly string[]): Promise<string> => cluster().kubectl(args);

  it('answers for a while that there is no such name after there is one', async () => {
    await cluster().importImage(await toolsImage());
    await kubectl('run', 'asker', `--image=${TOOLS_IMAGE}`, '--command', '--', 'sleep', '3600');
    await kubectl('wait', '--for=condition=Ready', 'pod/asker', '--timeout=60s');
    const dig = async (name: string) =>
      kubectl('exec', 'asker', '--', 'dig', '+noall', '+comments', `${name}.default.svc.cluster.local`);

    expect(await dig('late')).to.contain('NXDOMAIN');
    await kubectl('create', 'service', 'clusterip', 'late', '--tcp=80');
    let others = 0; // a new name each time: the answer to each first question is cached too
    await eventually('CoreDNS knows a Service that is newer', 60_000, async () => {
      others += 1;
      await kubectl('create', 'service', 'clusterip', `other-${others}`, '--tcp=80');
      return (await dig(`other-${others}`)).includes('NOERROR') || undefined;
    });
    expect(await dig('late')).to.contain('NXDOMAIN');
  });
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's own variables

import { expect } from 'chai';
import { playCommand, playScript, type ShellWorld } from '../../../src/sandbox/simulation/shell-stand-in.ts';
import type { Resolution } from '../../../src/waiter/checks/check.ts';

/** Answers of the name server, one after another; the last one stays. */
function world(...answers: Resolution[]) {
  const printed: string[] = [];
  const asked: string[] = [];
  const slept: number[] = [];
  const ending = new AbortController();
  const shell: ShellWorld = {
    environment: { MY_POD_NAMESPACE: 'my-namespace', WORDS: 'two words', EMPTY: '' },
    network: {
      async resolve(host, type) {
        asked.push(`${type} ${host}`);
        return (answers.length > 1 ? answers.shift() : answers[0]) ?? { code: 'NXDOMAIN' };
      },
    },
    clock: {
      now: () => 0,
      async sleep(milliseconds) {
        slept.push(milliseconds);
      },
    },
    log: (line) => printed.push(line),
    signal: ending.signal,
  };
  return { shell, printed, asked, slept, ending };
}

const NXDOMAIN: Resolution = { code: 'NXDOMAIN' };
const FOUND: Resolution = { addresses: ['10.96.0.7'] };

describe('playScript', () => {
  const LOOP =
    'until dig +short A api.${MY_POD_NAMESPACE}.svc.cluster.local && echo continuing ...; do echo waiting for api; sleep 2; done';

  it("ends the first samples' loop on NXDOMAIN, since dig calls any answer a success", async () => {
    const { shell, printed, asked } = world(NXDOMAIN);
    expect(await playScript(LOOP, shell)).to.deep.equal({ exitCode: 0 });
    expect(asked).to.deep.equal(['A api.my-namespace.svc.cluster.local']);
    expect(printed).to.deep.equal(['continuing ...']);
  });

  it('goes round that loop while no name server answers', async () => {
    const { shell, printed, slept } = world({ code: 'TIMEOUT' }, { code: 'UNREACHABLE' }, FOUND);
    expect(await playScript(LOOP, shell)).to.deep.equal({ exitCode: 0 });
    const round = [';; no servers could be reached', 'waiting for api'];
    expect(printed).to.deep.equal([...round, ...round, '10.96.0.7', 'continuing ...']);
    expect(slept).to.deep.equal([2000, 2000]);
  });

  for (const corrected of [
    'until test -n "$(dig +short A api)"; do echo waiting for api; sleep 2; done; echo continuing ...',
    'until [ -n "$(dig +short A api)" ]; do echo waiting for api; sleep 2; done; echo continuing ...',
    'until dig +short A api | grep -q .; do echo waiting for api; sleep 2; done && echo continuing ...',
    'while ! dig +short api. | grep -q .\ndo # not yet\n  echo waiting for api\n  sleep 2\ndone\necho continuing ...\n',
    "until dig +short A api | grep -q '^[0-9][0-9.]*$'; do echo waiting for api; sleep 2; done; echo continuing ...",
    'while test -z "$(dig +short A api)"; do echo waiting for api; sleep 2; done; echo \'continuing ...\'',
  ]) {
    it(`waits for an address in ${corrected}`, async () => {
      const { shell, printed } = world(NXDOMAIN, { code: 'NODATA' }, FOUND);
      expect(await playScript(corrected, shell)).to.deep.equal({ exitCode: 0 });
      expect(printed).to.deep.equal(['waiting for api', 'waiting for api', 'continuing ...']);
    });
  }

  for (const [script, exitCode] of [
    ['true', 0],
    ['false', 1],
    ['exit 3', 3],
    ['exit 257', 1],
    ['! true', 1],
    ['! false', 0],
    ['true && false', 1],
    ['false || true', 0],
    ['false && exit 4; exit 5', 5],
    ['until exit 6; do true; done', 6],
    ['echo x | grep -q y', 1],
    ['echo xyz | grep -q y', 0],
    ["echo 10.96.0.1 | grep -q '^[0-9][0-9.]*$'", 0],
    ["echo ';; no servers could be reached' | grep -q '^[0-9][0-9.]*$'", 1],
    ["true | grep -q '^x*$'", 1],
    ['dig +short A api', 0],
    ['dig +time=1 +tries=1 +short AAAA api', 0],
    ['test -n "$EMPTY"', 1],
    ['test -z "$EMPTY"', 0],
    ['test a = a', 0],
    ['test a != a', 1],
    ['[ "$WORDS" = "two words" ]', 0],
  ] as const) {
    it(`ends ${script} with ${exitCode}`, async () => {
      expect(await playScript(script, world(NXDOMAIN).shell)).to.deep.equal({ exitCode });
    });
  }

  for (const code of ['NXDOMAIN', 'NODATA', 'SERVFAIL', 'REFUSED'] as const) {
    it(`has dig print nothing and succeed on ${code}`, async () => {
      const { shell, printed } = world({ code });
      expect(await playScript('dig +short A api', shell)).to.deep.equal({ exitCode: 0 });
      expect(printed).to.deep.equal([]);
    });
  }

  it('has dig fail with 9 when no name server answers, and say so where its addresses would stand', async () => {
    const { shell, printed } = world({ code: 'TIMEOUT' });
    expect(await playScript('dig +short A api', shell)).to.deep.equal({ exitCode: 9 });
    expect(printed).to.deep.equal([';; no servers could be reached']);
  });

  for (const [script, line] of [
    ['echo $WORDS ${MY_POD_NAMESPACE}', 'two words my-namespace'],
    ['echo "$WORDS" \'$WORDS\' \\$WORDS $UNSET end', 'two words $WORDS $WORDS end'],
    ['echo a"b"\'c\'$EMPTY', 'abc'],
    ['echo x$(echo one; echo two)y "$(echo nested $(echo deeper))"', 'xone twoy nested deeper'],
    ['echo a \\\n  b # comment', 'a b'],
  ] as const) {
    it(`prints ${line} for ${JSON.stringify(script)}`, async () => {
      const { shell, printed } = world();
      await playScript(script, shell);
      expect(printed).to.deep.equal([line]);
    });
  }

  for (const script of [
    'curl http://api',
    'echo x > /tmp/y',
    'echo "x',
    'if true; then echo x; fi',
    'until true; do echo x',
    'echo `dig api`',
    'echo $((1 + 1))',
    'sleep 5m',
    'sleep 1 &',
    'dig api',
    'dig +short @10.0.0.1 api',
    'dig +short -x 10.0.0.1',
    'grep x',
    'test 1 -eq 1',
    '[ -n x',
    'exit',
    'exit soon',
    'echo -n x',
    'echo x | grep -q x+',
    'echo x | grep -q "["',
    'echo x | grep -q "[z-a]"',
    'constructor',
    ')',
  ]) {
    it(`refuses to guess what ${script} would do`, async () => {
      const { shell, printed } = world(FOUND);
      const exit = await playScript(script, shell);
      expect(exit.exitCode).to.equal(127);
      expect(exit.message).to.match(/^the sandbox plays only a part of sh .*, not '?\S/);
      expect(printed.at(-1)).to.equal(exit.message);
    });
  }

  it('does what came before something that it does not understand, but nothing of a script that it cannot read', async () => {
    const run = world();
    await playScript('echo first; curl http://api; echo last', run.shell);
    expect(run.printed[0]).to.equal('first');
    expect(run.printed).to.have.length(2);
    const unreadable = world();
    await playScript('echo first; echo >x', unreadable.shell);
    expect(unreadable.printed).to.have.length(1);
  });

  it('ends a loop without a pause when the container is ended', async () => {
    const { shell, ending } = world();
    setImmediate(() => ending.abort());
    expect(await playScript('while true; do true; done', shell)).to.deep.equal({ exitCode: 143 });
  });
});

describe('playCommand', () => {
  it('runs a command with its arguments as they are', async () => {
    const { shell, printed } = world();
    expect(await playCommand(['echo', '$WORDS', 'a  b'], shell)).to.deep.equal({ exitCode: 0 });
    expect(printed).to.deep.equal(['$WORDS a  b']);
    expect(await playCommand(['exit', '1'], shell)).to.deep.equal({ exitCode: 1 });
  });
});

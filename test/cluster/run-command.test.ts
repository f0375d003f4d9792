import { expect } from 'chai';
import { CommandError, runCommand } from './run-command.ts';

describe('runCommand', () => {
  it('answers with both outputs, given an input', async () => {
    const script = 'cat; echo warning >&2';
    expect(await runCommand(['sh', '-c', script], { input: 'in' })).to.deep.equal({
      stdout: 'in',
      stderr: 'warning\n',
    });
  });

  it('tells each line of both outputs as it comes', async () => {
    const lines: string[] = [];
    const errorLines: string[] = [];
    await runCommand(['sh', '-c', 'printf "a\\nb\\n" >&2; printf "c\\nd\\n"'], {
      onLine: (line) => lines.push(line),
      onErrorLine: (line) => errorLines.push(line),
    });
    expect([lines, errorLines]).to.deep.equal([
      ['c', 'd'],
      ['a', 'b'],
    ]);
  });

  it('rejects with the exit code and the end of the standard error', async () => {
    const error = await failure(['sh', '-c', 'echo why >&2; exit 3']);
    expect(error).to.include({ code: 3, stderr: 'why\n' });
    expect(error.message).to.contain('exit code 3').and.to.contain('why');
  });

  it('kills a command whose time is up', async () => {
    const error = await failure(['sleep', '60'], 50);
    expect(error.code).to.equal(undefined);
    expect(error.message).to.contain('SIGKILL (limit 0.05 s)');
  });

  it('rejects when there is no such program', async () => {
    expect((await failure(['/no/such/program'])).message).to.contain('ENOENT');
  });

  async function failure(command: readonly string[], limitMs = 10_000): Promise<CommandError> {
    const error: unknown = await runCommand(command, { limitMs }).catch((reason: unknown) => reason);
    if (error instanceof CommandError) return error;
    return expect.fail(`no CommandError: ${String(error)}`);
  }
});

import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { readManifests } from './manifests.ts';

const gateSchema = z.object({
  spec: z.object({
    dependencies: z.tuple([z.object({ container: z.object({ command: z.array(z.string()) }) })]),
  }),
});

/** What `dig +short` (BIND 9.18) prints and exits with, by what the name server does. */
const DIG = {
  'an address': 'echo 10.96.0.7; exit 0',
  'an alias and an address': 'echo 4you.example.; echo 10.96.0.7; exit 0',
  NXDOMAIN: 'exit 0',
  'an alias of nothing': 'echo 4you.example.; exit 0',
  'no answer':
    'echo ";; communications error to 10.96.0.10#53: timed out"; echo ";; no servers could be reached"; exit 9',
} as const;

/** Runs a gate's loop in the machine's own shell, with a `dig` that finds this and a `sleep` that ends it. */
async function play(file: string, dig: keyof typeof DIG): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dependency-gate-'));
  try {
    program(join(folder, 'dig'), DIG[dig]);
    program(join(folder, 'sleep'), 'kill $PPID');
    const [gate] = readManifests(`config/samples/story-container/${file}`);
    const [shell = '', ...args] = gateSchema.parse(gate).spec.dependencies[0].container.command;
    return await output(shell, args, {
      PATH: `${folder}:${process.env.PATH}`,
      MY_POD_NAMESPACE: 'my-namespace',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

function output(command: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 15_000 });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(text));
  });
}

describe('config/samples/story-container/gate.yaml', () => {
  for (const dig of ['an address', 'NXDOMAIN'] as const) {
    it(`goes on at ${dig}: the trap that its README tells of`, async () => {
      expect(await play('gate.yaml', dig)).to.match(/continuing \.\.\.\n$/);
    });
  }

  it('waits while no name server answers', async () => {
    expect(await play('gate.yaml', 'no answer')).to.match(/waiting for api\n$/);
  });
});

describe('config/samples/story-container/gate-corrected.yaml', () => {
  for (const dig of ['an address', 'an alias and an address'] as const) {
    it(`goes on at ${dig}`, async () => {
      expect(await play('gate-corrected.yaml', dig)).to.equal('continuing ...\n');
    });
  }

  for (const dig of ['NXDOMAIN', 'an alias of nothing', 'no answer'] as const) {
    it(`waits at ${dig}`, async () => {
      expect(await play('gate-corrected.yaml', dig)).to.equal('waiting for api\n');
    });
  }
});

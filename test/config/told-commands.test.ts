import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CommanderError } from 'commander';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { chartValues } from '../../src/api/chart/chart-values.ts';
import { validateGate } from '../../src/api/gate.ts';
import { API_VERSION, KIND } from '../../src/api/names.ts';
import { program } from '../../src/command-line.ts';
import { outputOf, useProgram } from '../commands/programs.ts';
import { ROOT, read } from './manifests.ts';
import { commandsIn, commandsOf, DOCUMENTS, type ToldCommand, valuesOf } from './told-commands.ts';

/** What our own program is called, with a command; `wait` has a command line of its own. */
const OURS = /^(?:dependency-gate|kubectl dgate|kubectl-dgate) (?!wait\b)(?=[a-z])/;
const CHART = /^(?:config\/chart|oci:\/\/\S+\/dependency-gate)$/;
/** Commands of kubectl that have commands below them. */
const GROUPS = ['auth', 'config', 'create', 'create secret', 'rollout', 'set'];

const objectSchema = z.record(z.string(), z.unknown());
/** As it stands, so that it can be written to. */
const groupSchema = z.custom<Record<string, unknown>>((value) => objectSchema.safeParse(value).success);
const SPEC = { targets: [{ name: 'pinger' }], dependencies: [{ name: 'redis', dns: { host: 'redis' } }] };

/** Why a spec is none; nothing for a valid one. */
function causesOf(spec: unknown, metadata: unknown = { name: 'api-first' }) {
  const result = validateGate({ apiVersion: API_VERSION, kind: KIND, metadata, spec });
  return result.valid ? [] : result.causes;
}

/** What our program says against a command line; undefined where it would run it. */
function refusal({ words, isInline }: ToldCommand): string | undefined {
  const own = program({ env: {}, on: () => undefined });
  for (const command of [own, ...own.commands])
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  for (const command of own.commands) command.action(() => undefined);
  try {
    const given = words.slice(words[0] === 'kubectl' ? 2 : 1);
    const args = given.filter(
      (word, at) => word !== '$@' && !(word === '…' && !given[at - 1]?.startsWith('-')),
    );
    // NAMESPACE/NAME and the like stand for names.
    own.parse(
      args.map((word) => (/^[A-Z/]+$/.test(word) ? word.toLowerCase() : word)),
      { from: 'user' },
    );
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isFine = error.exitCode === 0 || (isInline && error.code === 'commander.missingArgument');
    return isFine ? undefined : error.message;
  }
  return undefined;
}

/** The chart's values with those that `--set` gives, as Helm reads them. */
function chartValuesWith(words: readonly string[]): unknown {
  const values = objectSchema.parse(parse(read('config/chart/values.yaml')));
  for (const setting of valuesOf(words, '--set').flatMap((text) => text.split(/,(?![^{]*})/))) {
    const [path = '', value = ''] = setting.split(/=(.*)/s);
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    const within = steps.reduce((group, step) => {
      group[step] ??= {};
      return groupSchema.parse(group[step]);
    }, values);
    within[last] = parse(value.replace(/^\{(.*)\}$/, '[$1]'));
  }
  return values;
}

/** The flags that a command of kubectl takes, each as it is typed: `--all`, `-k`. */
function flagsIn(help: string): string[] {
  return [...help.matchAll(/^ {4}(?:(-\w), )? *(--[\w-]+)=/gm)].flatMap(([, short, long]) =>
    [short, long].filter((flag) => flag !== undefined),
  );
}

/** The flags that a command of Helm takes, and those of every command of Helm. */
function helmFlagsIn(help: string): string[] {
  return [...help.matchAll(/^ {2,6}(?:(-\w), )?(--[\w-]+)/gm)].flatMap(([, short, long]) =>
    [short, long].filter((flag) => flag !== undefined),
  );
}

/** The flags that are given to a command, and not to what it runs. */
function flagsOf(words: readonly string[]): string[] {
  const ends = words.indexOf('--');
  const own = ends < 0 ? words : words.slice(0, ends);
  return own.flatMap((word) => /^(?:--[\w-]+|-\w)(?==|$)/.exec(word) ?? []);
}

describe('commandsOf', () => {
  it('takes a script apart as a shell does', () => {
    const script = [
      "kubectl patch dgate 'a b' --patch \\",
      '  "{\\"spec\\": {}}" # comment | no command',
      'a --set x={y,z} && b | c > d # e',
      "cat > f <<'END'\nnot a command\nEND",
    ];
    expect(commandsOf(script.join('\n'))).to.deep.equal([
      ['kubectl', 'patch', 'dgate', 'a b', '--patch', '{"spec": {}}'],
      ...[['a', '--set', 'x={y,z}'], ['b'], ['c'], ['d'], ['cat'], ['f']],
    ]);
  });
});

describe('the commands of the documents', () => {
  it('are found', () => {
    const all = DOCUMENTS.flatMap(commandsIn).map(({ words }) => words.slice(0, 3).join(' '));
    expect(all).to.include.members([
      'kubectl delete -k',
      'kubectl dgate open',
      'helm install dependency-gate',
    ]);
    expect(all.filter((line) => OURS.test(line)).length).to.be.greaterThan(20);
  });

  for (const path of DOCUMENTS.filter((path) => !path.startsWith('docs/decisions/'))) {
    const told = commandsIn(path);
    const ofKubectl = told.filter(({ words: [first, second] }) => first === 'kubectl' && second !== 'dgate');

    it(`${path} tells commands of ours that this program takes`, () => {
      const ours = told.filter(({ words }) => OURS.test(words.join(' ')));
      for (const command of ours) expect(refusal(command), command.words.join(' ')).to.equal(undefined);
    });

    it(`${path} tells files of this repository that are there`, () => {
      const named = told
        .filter(({ isInline, words }) => !isInline || words.length > 1)
        .flatMap(({ words }) => words.filter((word) => /^(?:src|test|config|docs|crds)(?:\/|$)/.test(word)));
      expect(named.filter((file) => !existsSync(join(ROOT, file)))).to.deep.equal([]);
      const folders = ofKubectl.flatMap(({ words }) =>
        valuesOf(words, '-k').filter((k) => named.includes(k)),
      );
      expect(folders.filter((k) => !existsSync(join(ROOT, k, 'kustomization.yaml')))).to.deep.equal([]);
    });

    it(`${path} tells values that the chart has`, () => {
      for (const { words } of told.filter(
        ({ words: [first, ...rest] }) => first === 'helm' && rest.some((word) => CHART.test(word)),
      ))
        expect(chartValues.safeParse(chartValuesWith(words)).error?.issues, words.join(' ')).to.equal(
          undefined,
        );
    });

    it(`${path} tells patches that a gate takes`, () => {
      for (const { words } of ofKubectl.filter(
        ({ words: [, verb, kind] }) => verb === 'patch' && kind === 'dgate',
      ))
        for (const patch of valuesOf(words, '-p', '--patch')) {
          const { spec, ...rest } = objectSchema.parse(JSON.parse(patch));
          expect(causesOf({ ...SPEC, ...objectSchema.parse(spec ?? {}) }), patch).to.deep.equal([]);
          expect(
            Object.keys(rest).filter((key) => key !== 'metadata'),
            patch,
          ).to.deep.equal([]);
        }
    });

    it(`${path} shows gates that are valid`, () => {
      const blocks = [...read(path).matchAll(/^ *```yaml\n(.*?)^ *```$/gms)].map(([, block = '']) => block);
      for (const block of blocks.flatMap((text) => parseAllDocuments(text))) {
        const { kind, metadata, spec, ...rest } = z.looseObject({}).catch({}).parse(block.toJS());
        if (kind === KIND) expect(causesOf(spec, metadata), String(block)).to.deep.equal([]);
        if ('targets' in rest && 'dependencies' in rest)
          expect(causesOf(rest), String(block)).to.deep.equal([]);
      }
    });
  }
});

/** What kubectl knows nothing of; ours is looked at above. */
const PLUGINS = ['dgate', 'krew'];

describe('the commands of kubectl in the documents', function () {
  this.timeout(30_000);
  const kubectl = useProgram('kubectl');

  it('have flags that kubectl has', () => {
    const everywhere = flagsIn(outputOf([kubectl(), 'options']));
    const flags = new Map<string, readonly string[]>();
    for (const { words, isInline } of DOCUMENTS.flatMap(commandsIn)) {
      const [first, ...rest] = words.filter((word) => !word.startsWith('-'));
      if (first !== 'kubectl' || PLUGINS.includes(rest[0] ?? '') || (isInline && words.length < 3)) continue;
      const command = rest.slice(
        0,
        1 + rest.findIndex((_, at) => !GROUPS.includes(rest.slice(0, at + 1).join(' '))),
      );
      const line = command.join(' ');
      if (!flags.has(line)) flags.set(line, flagsIn(outputOf([kubectl(), ...command, '--help'])));
      const known = [...everywhere, ...(flags.get(line) ?? [])];
      expect(known, words.join(' ')).to.include.members(flagsOf(words));
    }
  });
});

describe('the commands of Helm in the documents', function () {
  this.timeout(30_000);
  const helm = useProgram('helm');

  it('have flags that Helm has', () => {
    const flags = new Map<string, readonly string[]>();
    const told = DOCUMENTS.flatMap(commandsIn).filter(({ words }) => words[0] === 'helm');
    const withFlags = told.filter(({ words }) => flagsOf(words).length > 0);
    expect(withFlags.length).to.be.greaterThan(5);
    for (const { words } of withFlags) {
      const [, verb = ''] = words;
      if (!flags.has(verb)) flags.set(verb, helmFlagsIn(outputOf([helm(), verb, '--help'])));
      expect(flags.get(verb), words.join(' ')).to.include.members(flagsOf(words));
    }
  });
});

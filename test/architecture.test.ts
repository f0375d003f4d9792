import { join } from 'node:path';
import { expect } from 'chai';
import { importCircles, importsOf, ownImportsOf, readSources, type Source, source } from './sources.ts';

/** The invariants of CONTRIBUTING.md that can be read off the sources. */

const SRC = join(import.meta.dirname, '../src');

/** Which parts a part may import, besides itself; `main` (the files in src itself and in `commands`) may import all. */
const DIRECTIONS: Readonly<Record<string, readonly string[]>> = {
  api: [],
  core: ['api'],
  kube: [],
  waiter: ['api/names.ts', 'api/plain.ts'],
  projections: ['core', 'api', 'kube/resource.ts', 'kube/protobuf/message.ts'],
  controller: ['projections', 'core', 'kube', 'api'],
  sandbox: ['controller', 'waiter', 'core', 'api', 'kube/queue.ts', 'kube/backoff.ts'],
};

/** What the pure part may use from outside: data and functions of data. */
const PURE_MODULES = ['zod', 'node:crypto', '@bufbuild/cel', '@bufbuild/cel/ext', '@bufbuild/re2'];

const sources = readSources(SRC);

/** `core`, or `main` for the files of src itself and the commands. */
function partOf(path: string): string {
  return path.includes('/') && !path.startsWith('commands/') ? path.slice(0, path.indexOf('/')) : 'main';
}

function mayImport(from: string, to: string): boolean {
  const part = partOf(from);
  if (part === 'main' || part === partOf(to)) return true;
  return DIRECTIONS[part]?.some((allowed) => to === allowed || to.startsWith(`${allowed}/`)) ?? false;
}

function wrongImports(from: Source): string[] {
  return ownImportsOf(from)
    .filter((imported) => !mayImport(from.path, imported))
    .map((imported) => `${from.path} imports ${imported}`);
}

function impureImports(from: Source): string[] {
  return importsOf(from)
    .filter((specifier) => !specifier.startsWith('.') && !PURE_MODULES.includes(specifier))
    .map((specifier) => `${from.path} imports ${specifier}`);
}

/** Reads the environment of the real process, and not of one that it was given as a parameter. */
function readsEnvironment({ code }: Source): boolean {
  if (/\bprocess: \w*Process\b/.test(code)) return /['"]node:process['"]/.test(code);
  return /\bprocess\s*\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*(from\s*['"]node:process['"]|=\s*process\b)/.test(
    code,
  );
}

/**
 * What may read words: a library that fails has no codes, of a check that runs in a Pod there is nothing but its log, and of
 * a program that cannot be started nothing but what the kubelet says.
 * The sandbox plays programs, and the waiter talks to servers whose protocols are words.
 */
const READERS_OF_WORDS = [
  'core/expression/expression.ts',
  'commands/explain/steps/answer-step.ts',
  'commands/explain/steps/start-failure.ts',
  'commands/explain/steps/dependency-steps.ts: message.indexOf',
];

const WORDS = String.raw`\b(?:message|answer|note|said|hint)\b`;
const READ_BY = String.raw`${WORDS}\??\.(?:startsWith|endsWith|includes|match|matchAll|search|indexOf|split)\(`;
const READ_IN = String.raw`\.(?:test|exec)\((?:\w+\??\.)*${WORDS}\)`;

/** Where a text that is for people is looked into. */
function decisionsByWords({ path, code }: Source): string[] {
  if (/^(sandbox|waiter)\//.test(path)) return [];
  const found = code.match(new RegExp(`${READ_BY}|${READ_IN}`, 'g')) ?? [];
  return found
    .map((one) => `${path}: ${one}`)
    .filter((one) => !READERS_OF_WORDS.some((known) => one.startsWith(known)));
}

describe('the sources', () => {
  const inCore = sources.filter(({ path }) => partOf(path) === 'core');

  it('stand in folders whose import directions are known', () => {
    const parts = new Set(sources.map(({ path }) => partOf(path)));
    expect([...parts].filter((part) => part !== 'main' && !(part in DIRECTIONS))).to.deep.equal([]);
    expect(inCore).not.to.have.length(0);
  });

  it('import one way only', () => {
    expect(sources.flatMap(wrongImports)).to.deep.equal([]);
  });

  it('import each other nowhere in a circle, not even for types', () => {
    expect(importCircles(sources)).to.deep.equal([]);
  });

  it('read process.env in start.ts only', () => {
    const readers = sources.filter(readsEnvironment).map(({ path }) => path);
    expect(readers.filter((path) => path !== 'start.ts')).to.deep.equal([]);
  });

  it('of the core import nothing that could do I/O', () => {
    expect(inCore.flatMap(impureImports)).to.deep.equal([]);
  });

  it('of the core know neither clock nor randomness nor logger', () => {
    const impure = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bconsole\.|\bsetTimeout\b|\bprocess\./;
    expect(inCore.filter(({ code }) => impure.test(code)).map(({ path }) => path)).to.deep.equal([]);
  });
});

describe('the reading of sources', () => {
  it('finds every form of import', () => {
    const code = `import a from './a.ts';\nimport type {\n  B,\n} from "./b.ts";\nexport * from './c.ts';
      import './d.ts';\nconst e = await import('./e.ts'); // from './f.ts'\n/* import './g.ts' */`;
    expect(importsOf(source('x.ts', code))).to.deep.equal(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts']);
  });

  it('decide by no words that are for people', () => {
    expect(sources.flatMap(decisionsByWords)).to.deep.equal([]);
  });

  it('finds a decision that is made by words', () => {
    for (const code of [
      "if (answer.endsWith('does not exist')) return;",
      'status.message?.includes(UNLOOKED)',
      '/^exit code/.test(dependency.message)',
      'pattern.exec(answer)',
    ]) {
      expect(decisionsByWords(source('core/x.ts', code)), code).to.have.length(1);
    }
    expect(decisionsByWords(source('core/x.ts', 'names.includes(name)'))).to.deep.equal([]);
  });

  it('finds an import that points the wrong way', () => {
    expect(wrongImports(source('core/deep/x.ts', "import '../../kube/y.ts';"))).to.have.length(1);
    expect(wrongImports(source('core/deep/x.ts', "import '../../projections/y.ts';"))).to.have.length(1);
    expect(
      wrongImports(source('waiter/x.ts', "import '../api/spec.ts'; import '../api/names.ts';")),
    ).to.have.length(1);
    expect(wrongImports(source('kube/x.ts', "import '../api/names.ts';"))).to.have.length(1);
    expect(
      wrongImports(source('projections/x.ts', "import '../kube/resource.ts'; import '../kube/clock.ts';")),
    ).to.have.length(1);
    expect(
      wrongImports(source('sandbox/x.ts', "import '../kube/y.ts'; import '../core/z.ts';")),
    ).to.have.length(1);
    expect(wrongImports(source('main.ts', "import './sandbox/x.ts';"))).to.deep.equal([]);
  });

  it('finds a circle of imports, through folders and types alike', () => {
    const circle = [
      source('a.ts', "import { b } from './deep/b.ts'; import './d.ts';"),
      source('deep/b.ts', "import type { C } from '../c.ts';"),
      source('c.ts', "export type { A } from './a.ts';"),
      source('d.ts', ''),
    ];
    expect(importCircles(circle)).to.deep.equal(['a.ts → deep/b.ts → c.ts → a.ts']);
    expect(importCircles([source('main.ts', "import './a.ts';"), ...circle])).to.have.length(1);
    expect(importCircles(circle.slice(1))).to.deep.equal([]);
    expect(importCircles([source('x.ts', "await import('./x.ts');")])).to.deep.equal(['x.ts → x.ts']);
    const shared = [source('a.ts', "import './b.ts'; import './c.ts';"), source('b.ts', "import './c.ts';")];
    expect(importCircles([...shared, source('c.ts', '')])).to.deep.equal([]);
  });

  it('finds modules that do I/O, and every reading of the environment', () => {
    expect(impureImports(source('core/x.ts', "import 'node:fs'; import 'node:crypto';"))).to.have.length(1);
    for (const code of [
      'process.env.HOME',
      "import { env } from 'node:process'",
      'const { env } = process',
    ]) {
      expect(readsEnvironment(source('x.ts', code)), code).to.equal(true);
    }
    const given = 'function run(process: Process) { return process.env; }';
    expect(readsEnvironment(source('x.ts', given))).to.equal(false);
    expect(readsEnvironment(source('x.ts', `import process from 'node:process'; ${given}`))).to.equal(true);
  });
});

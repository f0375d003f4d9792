import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';

/** The invariants of CONTRIBUTING.md that can be read off the sources. */

const SRC = join(import.meta.dirname, '../src');

/** Which parts a part may import, besides itself; `main` (the files in src itself and in `commands`) may import all. */
const DIRECTIONS: Readonly<Record<string, readonly string[]>> = {
  api: [],
  core: ['api'],
  kube: [],
  waiter: ['api/names.ts'],
  controller: ['core', 'kube', 'api'],
  sandbox: ['controller', 'waiter', 'core', 'api'],
};

/** What the pure part may use from outside: data and functions of data. */
const PURE_MODULES = ['zod', 'node:crypto', '@bufbuild/cel', '@bufbuild/cel/ext', '@bufbuild/re2'];

interface Source {
  /** Below src, with forward slashes. */
  readonly path: string;
  readonly code: string;
}

const sources: readonly Source[] = globSync('**/*.ts', { cwd: SRC }).map((path) => ({
  path,
  code: withoutComments(readFileSync(join(SRC, path), 'utf8')),
}));

function withoutComments(code: string): string {
  return code.replaceAll(/\/\*.*?\*\/|(^|\s)\/\/[^\n]*/gs, '$1');
}

/** The modules that a source names in imports, exports and dynamic imports. */
function importsOf(code: string): string[] {
  const specifiers = code.matchAll(/(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(['"])(.+?)\1/g);
  return [...specifiers].flatMap(([, , specifier]) => specifier ?? []);
}

/** `core`, or `main` for the files of src itself and the commands. */
function partOf(path: string): string {
  return path.includes('/') && !path.startsWith('commands/') ? path.slice(0, path.indexOf('/')) : 'main';
}

function mayImport(from: string, to: string): boolean {
  const part = partOf(from);
  if (part === 'main' || part === partOf(to)) return true;
  return DIRECTIONS[part]?.some((allowed) => to === allowed || to.startsWith(`${allowed}/`)) ?? false;
}

function wrongImports({ path, code }: Source): string[] {
  return importsOf(code)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(path), specifier)))
    .filter((imported) => !mayImport(path, imported))
    .map((imported) => `${path} imports ${imported}`);
}

function impureImports({ path, code }: Source): string[] {
  return importsOf(code)
    .filter((specifier) => !specifier.startsWith('.') && !PURE_MODULES.includes(specifier))
    .map((specifier) => `${path} imports ${specifier}`);
}

/** Reads the environment of the real process, and not of one that it was given as a parameter. */
function readsEnvironment({ code }: Source): boolean {
  if (/\bprocess: Process\b/.test(code)) return /['"]node:process['"]/.test(code);
  return /\bprocess\s*\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*(from\s*['"]node:process['"]|=\s*process\b)/.test(
    code,
  );
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

  it('read process.env in main.ts only', () => {
    const readers = sources.filter(readsEnvironment).map(({ path }) => path);
    expect(readers.filter((path) => path !== 'main.ts')).to.deep.equal([]);
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
  const source = (path: string, code: string): Source => ({ path, code: withoutComments(code) });

  it('finds every form of import', () => {
    const code = `import a from './a.ts';\nimport type {\n  B,\n} from "./b.ts";\nexport * from './c.ts';
      import './d.ts';\nconst e = await import('./e.ts'); // from './f.ts'\n/* import './g.ts' */`;
    expect(importsOf(withoutComments(code))).to.deep.equal([
      './a.ts',
      './b.ts',
      './c.ts',
      './d.ts',
      './e.ts',
    ]);
  });

  it('finds an import that points the wrong way', () => {
    expect(wrongImports(source('core/deep/x.ts', "import '../../kube/y.ts';"))).to.have.length(1);
    expect(
      wrongImports(source('waiter/x.ts', "import '../api/spec.ts'; import '../api/names.ts';")),
    ).to.have.length(1);
    expect(wrongImports(source('kube/x.ts', "import '../api/names.ts';"))).to.have.length(1);
    expect(
      wrongImports(source('sandbox/x.ts', "import '../kube/y.ts'; import '../core/z.ts';")),
    ).to.have.length(1);
    expect(wrongImports(source('main.ts', "import './sandbox/x.ts';"))).to.deep.equal([]);
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

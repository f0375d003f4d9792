import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, licencesText } from './bundled-packages.ts';
import { COMMON, DEFINED, ROOT, VERSION } from './bundling.ts';

/**
 * Makes the command one executable file, `kubectl-dgate`, that needs no Node: this Node, with the bundle inside
 * (https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html). It is for the platform that this runs on,
 * as V8's cache of the compiled code and macOS's signature are.
 *
 *     node .release/executable.ts [folder, default .cache/executable]
 *
 * Leaves the file in the folder, and an archive of it with all licences, and prints the archive's path.
 */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const NAME = 'kubectl-dgate';
const IS_MACOS = process.platform === 'darwin';

const folder = process.argv[2] ?? join(ROOT, '.cache/executable');
const parts = join(folder, 'parts');
const program = join(parts, NAME);

mkdirSync(parts, { recursive: true });
const licences = await bundle();
makeBlob();
takeNode();
inject();
const printed = execFileSync(program, ['--version'], { encoding: 'utf8', env: {} }).trim();
if (printed !== VERSION) throw new Error(`${program} --version printed ${printed}`);
console.log(pack());
rmSync(parts, { recursive: true });

/** The licences of what is in the bundle, which is written. */
async function bundle(): Promise<string> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['src/executable.ts'],
    outfile: join(parts, 'main.cjs'),
    format: 'cjs',
    legalComments: 'none',
    // In a single executable only require() is there, and only for Node's own modules.
    supported: { 'dynamic-import': false },
    define: { ...DEFINED, 'import.meta.dirname': '__dirname' },
  });
  return licencesText(bundledPackages([metafile]));
}

function makeBlob(): void {
  const story = globSync('config/samples/story/*.yaml', { cwd: ROOT });
  const config = {
    main: join(parts, 'main.cjs'),
    output: join(parts, 'blob'),
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: Object.fromEntries(story.map((path) => [path, join(ROOT, path)])),
  };
  writeFileSync(join(parts, 'sea.json'), JSON.stringify(config));
  execFileSync(process.execPath, ['--experimental-sea-config', join(parts, 'sea.json')], { stdio: 'ignore' });
}

/** Symbols are a seventh of Node. A signature does not survive what is done next. */
function takeNode(): void {
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  if (IS_MACOS) execFileSync('codesign', ['--remove-signature', program]);
  else execFileSync('strip', [program]);
}

function inject(): void {
  const postject = join(ROOT, 'node_modules/postject/dist/cli.js');
  const segment = IS_MACOS ? ['--macho-segment-name', 'NODE_SEA'] : [];
  const args = [program, 'NODE_SEA_BLOB', join(parts, 'blob'), '--sentinel-fuse', FUSE, ...segment];
  execFileSync(process.execPath, [postject, ...args], { stdio: 'ignore' });
  // An unsigned program is killed on Apple's own processors; nobody's signature (`-`) is enough to run.
  if (IS_MACOS) execFileSync('codesign', ['--sign', '-', program]);
}

/** Of a Node as it is released, or of npm's package of its binary. */
function licenceOfNode(): string {
  const ofRelease = join(dirname(process.execPath), '../LICENSE');
  const ofPackage = globSync(join(ROOT, 'node_modules/node/node_modules/node-*/LICENSE'));
  const found = [ofRelease, ...ofPackage].find((path) => existsSync(path));
  if (found === undefined) throw new Error(`the licence of Node is not at ${ofRelease}`);
  return readFileSync(found, 'utf8');
}

function pack(): string {
  writeFileSync(
    join(parts, 'THIRD-PARTY-LICENSES.txt'),
    `${licences}\n${'-'.repeat(80)}\nNode.js ${process.versions.node}\n\n${licenceOfNode()}`,
  );
  copyFileSync(join(ROOT, 'LICENSE'), join(parts, 'LICENSE'));
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const archive = join(folder, `${NAME}-${VERSION}-${process.platform}-${arch}.tar.gz`);
  const files = [NAME, 'LICENSE', 'THIRD-PARTY-LICENSES.txt'];
  execFileSync('tar', ['-czf', archive, '-C', parts, ...files]);
  copyFileSync(program, join(folder, NAME));
  return archive;
}

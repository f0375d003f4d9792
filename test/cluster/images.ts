import { createHash } from 'node:crypto';
import { chmodSync, cpSync, createReadStream, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PROGRAMS, ROOT } from './go-module.ts';
import { PAUSE_IMAGE } from './node-config.ts';
import { runCommand } from './run-command.ts';

/** A container image of files of this machine. Paths in the image are absolute. */
export interface Image {
  /** With a tag that is not `latest`, so that it is never pulled. */
  readonly name: string;
  /** Files and folders, path in the image → path here; links are followed. */
  readonly copies: Readonly<Record<string, string>>;
  /** Small files, path in the image → content. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Symbolic links, path in the image → what it names. */
  readonly links?: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  /** `uid:gid` */
  readonly user: string;
}

export const PROJECT_IMAGE = 'localhost/dependency-gate:test';
export const TOOLS_IMAGE = 'localhost/tools:test';
/** Where Node is in the project's image: in distroless's place. */
export const IMAGE_NODE = '/nodejs/bin/node';

const NOBODY = '65532:65532';
const USERS = {
  '/etc/passwd':
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/nonexistent:/sbin/nologin\n',
  '/etc/group': 'root:x:0:\nnonroot:x:65532:\n',
};
/** Programs that stand-ins for users' apps are made of. */
const APPLETS = [
  'cat',
  'date',
  'echo',
  'env',
  'false',
  'grep',
  'httpd',
  'ls',
  'mkdir',
  'nc',
  'sleep',
  'touch',
  'true',
  'wget',
];

/** What holds a Pod's namespaces. */
export function pauseImage(): Image {
  return {
    name: PAUSE_IMAGE,
    copies: { '/pause': join(PROGRAMS, 'pause') },
    entrypoint: ['/pause'],
    user: '65535:65535',
  };
}

/**
 * The project's image: the files, user and entry point of the Dockerfile's last stage, which a test compares with this.
 *
 * @param dist the folder with the built program
 */
export async function projectImage(dist: string): Promise<Image> {
  const node = join(ROOT, 'node_modules/node/bin/node');
  return {
    name: PROJECT_IMAGE,
    copies: {
      [IMAGE_NODE]: node,
      ...(await librariesOf(node)),
      '/app': dist,
      '/app/LICENSE': join(ROOT, 'LICENSE'),
      '/app/package.json': join(ROOT, 'package.json'),
    },
    texts: USERS,
    entrypoint: [IMAGE_NODE, '/app/dependency-gate.js'],
    user: NOBODY,
  };
}

/** Debian's `dig` and `sh`, and busybox for the rest. */
export async function toolsImage(): Promise<Image> {
  const programs = ['/usr/bin/dig', '/bin/busybox'];
  const libraries = await Promise.all(['/bin/dash', ...programs].map(librariesOf));
  return {
    name: TOOLS_IMAGE,
    copies: Object.assign(
      { '/bin/sh': '/bin/dash' },
      ...programs.map((file) => ({ [file]: file })),
      ...libraries,
    ),
    texts: USERS,
    links: Object.fromEntries(APPLETS.map((name) => [`/bin/${name}`, 'busybox'])),
    entrypoint: ['/bin/sh'],
    user: NOBODY,
  };
}

/** The shared libraries of a program, and its loader, each at the path where it is here. */
async function librariesOf(program: string): Promise<Record<string, string>> {
  const output = await runCommand(['ldd', program]).catch(() => ({ stdout: '' })); // fails for a static program
  const paths = [...output.stdout.matchAll(/(\/\S+) \(0x/g)].flatMap((match) => match[1] ?? []);
  return Object.fromEntries(paths.map((path) => [path, path]));
}

/** Writes the image into the folder as `docker save` would, in one layer, and answers with the path of the tar. */
export async function writeImage(image: Image, folder: string): Promise<string> {
  const stage = join(folder, `${image.name.replaceAll(/\W/g, '-')}`);
  const root = join(stage, 'root');
  const archive = join(stage, 'archive');
  mkdirSync(archive, { recursive: true });
  fillRoot(root, image);
  const layer = join(archive, 'layer.tar');
  await runCommand([
    'tar',
    '--create',
    '--file',
    layer,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--directory',
    root,
    '.',
  ]);
  const config = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      User: image.user,
      Entrypoint: image.entrypoint,
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${await sha256(layer)}`] },
  });
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: [image.name], Layers: ['layer.tar'] }]);
  writeFileSync(join(archive, 'config.json'), config);
  writeFileSync(join(archive, 'manifest.json'), manifest);
  const tar = `${stage}.tar`;
  await runCommand([
    'tar',
    '--create',
    '--file',
    tar,
    '--directory',
    archive,
    'manifest.json',
    'config.json',
    'layer.tar',
  ]);
  rmSync(stage, { recursive: true });
  return tar;
}

/** Writes the image's files below a folder. */
export function fillRoot(root: string, { copies, texts = {}, links = {} }: Image): void {
  for (const [path, source] of Object.entries(copies)) {
    cpSync(source, join(root, path), { recursive: true, dereference: true });
  }
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const temporary = join(root, 'tmp'); // open to all, as it is in any base image
  mkdirSync(temporary, { recursive: true });
  chmodSync(temporary, 0o1777);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

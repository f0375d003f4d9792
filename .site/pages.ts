import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

/** Files that are pages, from the repository's root. Whatever else they link to is shown by the repository. */
export const PAGES: readonly string[] = globSync(
  ['README.md', 'CONTRIBUTING.md', 'config/chart/README.md', 'docs/**/*.md'],
  { cwd: ROOT },
).sort();

/** Where a page stands below a version of the site, still as a Markdown file: the two tops are apart, `docs/` is gone. */
export function sitePath(page: string): string {
  if (page === 'docs/README.md') return 'overview.md';
  return page.replace(/^docs\//, '').replace(/README\.md$/, 'index.md');
}

/** A link to a page from the top of its version, as VitePress takes it. */
export function pageLink(page: string): string {
  return `/${sitePath(page).replace(/(^|\/)index\.md$/, '$1')}`;
}

/** What a page's first heading says; the chart's names the chart, as Helm's users know it. */
export function titleOf(page: string): string {
  if (page === 'config/chart/README.md') return 'Values of the chart';
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(ROOT, page), 'utf8')) ?? [];
  if (title === undefined) throw new Error(`${page} has no heading`);
  return title.replaceAll('`', '');
}

/** A folder's pages in the order in which its index names them, which comes first. */
export function pagesOf(index: string): readonly string[] {
  const text = readFileSync(join(ROOT, index), 'utf8');
  const linked = [...text.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, file = '']) => join(dirname(index), file));
  return [...new Set([index, ...linked])];
}

import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PAGES, pageLink, ROOT } from './pages.ts';

/** Where the repository can be read. */
export const REPOSITORY = 'https://github.com/dependency-gate/dependency-gate';

/** What stands in the repository at a version: a file, or a folder's list. */
export function sourceLink(path: string, version: string): string {
  const kind = statSync(join(ROOT, path)).isDirectory() ? 'tree' : 'blob';
  return `${REPOSITORY}/${kind}/${version}/${path}`;
}

/**
 * Where a page's link leads on the site: to the page that a file is there, else to the file in the repository. The pages
 * themselves keep links that work between files, or, where a page is read elsewhere too, to the repository.
 *
 * @throws where there is no such file
 */
export function siteLink(href: string, page: string, version: string): string {
  const own = `${REPOSITORY}/blob/main/`;
  if (/^[a-z]+:|^#/.test(href) && !href.startsWith(own)) return href;
  const [file = '', anchor] = href.replace(own, '').split('#');
  const path = (href.startsWith(own) ? file : join(dirname(page), file)).replace(/\/$/, '');
  if (!existsSync(join(ROOT, path))) throw new Error(`${page} links to ${href}, which is not there`);
  const fragment = anchor === undefined ? '' : `#${anchor}`;
  return (PAGES.includes(path) ? pageLink(path) : sourceLink(path, version)) + fragment;
}

/** A heading's anchor, as GitHub makes it: links between pages name it so. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** Links of built pages to a page or a heading that is not there: `from.html: to.html#heading`. */
export function deadLinks(built: ReadonlyMap<string, string>, base: string): string[] {
  return [...built].flatMap(([from, html]) => {
    const links = [...html.matchAll(/<a [^>]*?href="([^"]*)"/g)].map(([, href = '']) => href);
    const isDead = (href: string) => {
      const { pathname, hash } = new URL(href, `http://site${base}${from}`);
      if (!pathname.startsWith(base)) return true;
      const target = built.get(pathname.slice(base.length).replace(/(^|\/)$/, '$1index.html'));
      return (
        target === undefined ||
        (hash !== '' && !target.includes(` id="${decodeURIComponent(hash.slice(1))}"`))
      );
    };
    return links.filter((href) => !/^[a-z]+:/.test(href) && isDead(href)).map((href) => `${from}: ${href}`);
  });
}

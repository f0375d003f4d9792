import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { type DefaultTheme, defineConfigWithTheme, type MarkdownOptions, type SiteConfig } from 'vitepress';
import { anchorOf, deadLinks, REPOSITORY, siteLink } from '../links.ts';
import { sidebar } from '../navigation.ts';
import { PAGES, ROOT, sitePath } from '../pages.ts';

const { VERSION: version = 'main', BASE: root = '/' } = process.env;
const base = `${root}${version}/`;

/** Markdown as GitHub reads it, since the same files are read there. */
const markdown: MarkdownOptions = {
  attrs: { disable: true },
  anchor: { slugify: anchorOf },
  // Shown as it is: Shiki knows no PromQL.
  languages: [{ name: 'promql', scopeName: 'source.promql', patterns: [], repository: {} }],
  config(md) {
    md.linkify.set({ fuzzyLink: false });
    md.core.ruler.push('links to what the files link to', ({ tokens, env }) => {
      // The first where a page is rendered, the second where it is indexed for the search.
      const page = relative(ROOT, env.realPath ?? env.path);
      for (const token of tokens.flatMap(({ children }) => children ?? [])) {
        const href = token.attrGet('href');
        if (href !== null) token.attrSet('href', siteLink(href, page, version));
      }
    });
    md.core.ruler.push('no page is a template of Vue', (state) => {
      const html = (content: string) => Object.assign(new state.Token('html_block', '', 0), { content });
      state.tokens = [html('<div v-pre>'), ...state.tokens, html('</div>')];
    });
  },
};

/** VitePress itself looks for pages that are not there, and not for headings. */
function findDeadLinks({ outDir }: SiteConfig): void {
  const files = globSync('**/*.html', { cwd: outDir });
  const dead = deadLinks(
    new Map(files.map((file) => [file, readFileSync(join(outDir, file), 'utf8')])),
    base,
  );
  if (dead.length > 0) throw new Error(`dead links:\n${dead.join('\n')}`);
}

export default defineConfigWithTheme<DefaultTheme.Config & { version: string }>({
  title: 'Dependency Gate',
  titleTemplate: `:title | Dependency Gate ${version}`,
  description: 'A Kubernetes operator that keeps apps from starting before what they depend on is ready',
  base,
  // None: else each browser asks the server for one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  srcDir: ROOT,
  srcExclude: globSync('**/*.md', { cwd: ROOT, exclude: ['**/node_modules', '.cache'] }).filter(
    (file) => !PAGES.includes(file),
  ),
  rewrites: Object.fromEntries(PAGES.map((page) => [page, sitePath(page)])),
  outDir: join(ROOT, '.cache/site', version),
  cacheDir: join(ROOT, '.cache/vitepress'),
  markdown,
  // What esbuild, a newer one than Vite's own (see package.json), writes without rewriting syntax.
  vite: { build: { target: 'es2022' } },
  buildEnd: findDeadLinks,
  themeConfig: {
    version,
    nav: [
      { text: 'Guide', link: '/overview' },
      { text: 'Reference', link: '/reference/api' },
      { text: 'Source', link: `${REPOSITORY}/tree/${version}` },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
    editLink: { pattern: `${REPOSITORY}/blob/${version}/:path`, text: 'This page in the repository' },
  },
});

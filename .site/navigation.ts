import { pageLink, pagesOf, titleOf } from './pages.ts';

/** A part of the sidebar. */
export interface Group {
  readonly text: string;
  /** In the order in which they are shown; a page is named after its heading. */
  readonly pages: readonly string[];
  /** Closed at first: long, and seldom read from its beginning. */
  readonly isClosed?: true;
}

const guide = (...names: readonly string[]) => names.map((name) => `docs/guide/${name}.md`);

/** Every page stands here once: a test says which is forgotten. */
export const NAVIGATION: readonly Group[] = [
  {
    text: 'Begin',
    pages: ['README.md', 'docs/README.md', ...guide('quick-start', 'checks', 'faq', 'comparison')],
  },
  {
    text: 'Install',
    pages: [...guide('install', 'versions', 'clusters', 'namespaces'), 'config/chart/README.md'],
  },
  {
    text: 'Gate apps',
    pages: guide('first-starts', 'placement', 'own-image', 'migrations', 'from-a-wait-loop', 'mistakes'),
  },
  { text: 'Deploy', pages: guide('argo-cd', 'flux', 'helm-hooks-and-waves', 'render') },
  { text: 'Operate', pages: guide('plugin', 'troubleshooting', 'incident', 'monitoring', 'metrics') },
  {
    text: 'Look up',
    pages: ['api', 'names', 'reasons', 'events', 'metrics'].map((name) => `docs/reference/${name}.md`),
  },
  { text: 'Runbooks', pages: pagesOf('docs/runbooks/README.md'), isClosed: true },
  {
    text: 'The project',
    pages: [
      ...['CHANGELOG', 'SECURITY', 'design', 'debugging', 'dependencies', 'RELEASE'].map(
        (name) => `docs/${name}.md`,
      ),
      'CONTRIBUTING.md',
    ],
  },
  { text: 'Decisions', pages: pagesOf('docs/decisions/README.md'), isClosed: true },
];

/** The same as VitePress takes it. */
export function sidebar() {
  return NAVIGATION.map(({ text, pages, isClosed = false }) => ({
    text,
    collapsed: isClosed,
    items: pages.map((page) => ({ text: titleOf(page), link: pageLink(page) })),
  }));
}

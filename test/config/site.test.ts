import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { anchorOf, deadLinks, REPOSITORY, siteLink } from '../../.site/links.ts';
import { NAVIGATION } from '../../.site/navigation.ts';
import { PAGES, pageLink, sitePath, titleOf } from '../../.site/pages.ts';
import { redirectTo, versionsOf } from '../../.site/versions.ts';
import { ROOT, read } from './manifests.ts';

const git = (...args: readonly string[]) =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');

describe('the sidebar of the site', () => {
  const shown = NAVIGATION.flatMap(({ pages }) => pages);

  it('has every page once, and none that is not there', () => {
    expect(PAGES).to.include.members(['README.md', 'docs/guide/quick-start.md', 'config/chart/README.md']);
    expect(shown).to.have.members(PAGES);
  });

  it('names no two pages of a group alike', () => {
    for (const { text, pages } of NAVIGATION)
      expect(new Set(pages.map(titleOf)).size, text).to.equal(pages.length);
  });
});

describe('pageLink', () => {
  it('gives every page an address of its own', () => {
    expect(new Set(PAGES.map((page) => pageLink(page).toLowerCase())).size).to.equal(PAGES.length);
  });

  it('begins with README, and has what is in docs/ right below', () => {
    expect(pageLink('README.md')).to.equal('/');
    expect(pageLink('docs/README.md')).to.equal('/overview.md');
    expect(pageLink('docs/guide/checks.md')).to.equal('/guide/checks.md');
    expect(pageLink('docs/runbooks/README.md')).to.equal('/runbooks/');
    expect(sitePath('docs/runbooks/README.md')).to.equal('runbooks/index.md');
  });
});

describe('siteLink', () => {
  const linkOf = (href: string) => siteLink(href, 'docs/guide/checks.md', 'v0.1.0');

  it('leads to pages, with their headings', () => {
    expect(linkOf('incident.md')).to.equal('/guide/incident.md');
    expect(linkOf('../reference/api.md#spec')).to.equal('/reference/api.md#spec');
    expect(linkOf('../../README.md#removing-it')).to.equal('/#removing-it');
    expect(siteLink('docs/guide/checks.md', 'README.md', 'main')).to.equal('/guide/checks.md');
  });

  it('leads to the repository at that version for what is no page', () => {
    expect(linkOf('../../crds/dependencygates.yaml')).to.equal(
      `${REPOSITORY}/blob/v0.1.0/crds/dependencygates.yaml`,
    );
    expect(linkOf('../../config/samples/story/')).to.equal(`${REPOSITORY}/tree/v0.1.0/config/samples/story`);
  });

  it('leads to the page of the same version where a page names it in the repository', () => {
    expect(linkOf(`${REPOSITORY}/blob/main/docs/guide/install.md`)).to.equal('/guide/install.md');
  });

  it('leaves alone what leads elsewhere, and what stays on the page', () => {
    for (const href of ['https://semver.org', 'mailto:somebody@example.com', '#tcp'])
      expect(linkOf(href)).to.equal(href);
  });

  it('refuses what is not there', () => {
    expect(() => linkOf('nothing.md')).to.throw(
      'docs/guide/checks.md links to nothing.md, which is not there',
    );
    expect(() => linkOf(`${REPOSITORY}/blob/main/nothing.md`)).to.throw('which is not there');
  });

  it('knows the repository that the chart names', () => {
    expect(parse(read('config/chart/Chart.yaml'))).to.include({ home: REPOSITORY });
  });
});

describe('anchorOf', () => {
  it('makes the anchors that GitHub makes', () => {
    expect(anchorOf('First starts, and `dns`: what is there?')).to.equal(
      'first-starts-and-dns-what-is-there',
    );
    expect(anchorOf('[Unreleased]')).to.equal('unreleased');
    expect(anchorOf('Helm - or not')).to.equal('helm---or-not');
  });
});

describe('deadLinks', () => {
  const built = (html: string) =>
    deadLinks(
      new Map([
        ['index.html', html],
        ['guide/checks.html', '<h2 id="tcp">tcp</h2>'],
        ['guide/index.html', ''],
      ]),
      '/docs/main/',
    );

  it('finds pages and headings that are not there', () => {
    expect(built('<a class="link" href="/docs/main/guide/chekcs.html">')).to.deep.equal([
      'index.html: /docs/main/guide/chekcs.html',
    ]);
    expect(built('<a href="/docs/main/guide/checks.html#udp">')).to.deep.equal([
      'index.html: /docs/main/guide/checks.html#udp',
    ]);
    expect(built('<a href="#there">')).to.deep.equal(['index.html: #there']);
    expect(built('<a href="/docs/other/">')).to.have.length(1);
  });

  it('follows folders, headings and what is relative, and leaves other sites alone', () => {
    const hrefs = [
      '/docs/main/',
      '/docs/main/guide/',
      'guide/checks.html#tcp',
      'https://semver.org',
      '#here',
    ];
    const links = hrefs.map((href) => `<a href="${href}">`).join('');
    expect(built(`<h1 id="here">${links}`)).to.deep.equal([]);
  });
});

describe('versionsOf', () => {
  it('begins with the latest release, and ends with what is not released', () => {
    const folders = ['404.html', 'main', 'v0.10.0', 'v0.9.1', 'v1.0.0', 'versions.json', 'v2'];
    expect(versionsOf(folders)).to.deep.equal(['v1.0.0', 'v0.10.0', 'v0.9.1', 'main']);
    expect(versionsOf(['main'])).to.deep.equal(['main']);
  });

  it('is the way from the root of the site', () => {
    expect(redirectTo('v1.0.0')).to.contain('content="0; url=./v1.0.0/"');
  });
});

describe('what the site is built into', () => {
  it('is never in Git', function () {
    if (!existsSync(join(ROOT, '.git'))) this.skip();
    const built = [
      '.cache/site/main/index.html',
      '.site/node_modules/vue/package.json',
      '.site/.vitepress/.temp/a.js',
    ];
    expect(git('check-ignore', ...built)).to.deep.equal(built);
    const kept = git('ls-files', '.site');
    expect(kept).to.include('.site/package-lock.json');
    expect(kept.filter((file) => !/\.(ts|css|json)$/.test(file))).to.deep.equal([]);
  });
});

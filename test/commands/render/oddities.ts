/** What kubectl reads although a strict reader of YAML 1.2 would refuse it, or read something else. */

const workload = (name: string, spec: string, top = '') =>
  `apiVersion: apps/v1\nkind: Deployment\n${top}metadata: {name: ${name}}\nspec:\n${spec}`;

const template = '  template: {spec: {containers: [{name: app, image: "app:1"}]}}\n';

const container = (fields: string) =>
  `  template:\n    spec:\n      containers:\n      - name: app\n        image: app:1\n${fields}`;

/** One document each, of a Deployment with the given name. */
export const ODD_DOCUMENTS: Readonly<Record<string, (name: string) => string>> = {
  'equal keys': (name) => workload(name, `  replicas: 1\n  replicas: 2\n${template}`),
  'a whole section twice': (name) => `${workload(name, '  replicas: 1\n')}spec:\n${template}`,
  'lines of a quoted text at the depth of its key': (name) =>
    workload(name, template, "metadata:\n  annotations:\n    words: 'first\n    second'\n").replace(
      `metadata: {name: ${name}}\n`,
      `  name: ${name}\n`,
    ),
  'lines of a quoted text at the very left': (name) =>
    workload(name, container('        args:\n        - "one\ntwo\n\nthree"\n')),
  'a flow map that is closed at the left': (name) =>
    workload(name, '  template: {spec: {containers: [{\nname: app,\nimage: "app:1"\n}]\n}\n}\n'),
  'a flow list at the left with a comment': (name) =>
    workload(name, container('        args: [ # all\n"a",\n# the second\n"b"\n]\n')),
  'tabs inside of a flow map': (name) =>
    workload(name, '  template: {\n\tspec: {\n\t\tcontainers: [{name: app, image: "app:1"}]\n\t}\n}\n'),
  'tabs between words': (name) => workload(name, `  replicas:\t2\t# two\n${template}`),
  'booleans of YAML 1.1': (name) =>
    workload(name, `  paused: yes\n${container('        stdin: on\n        tty: y\n')}`),
  'numbers of YAML 1.1': (name) =>
    workload(
      name,
      `  replicas: 010\n  minReadySeconds: 1_0\n  revisionHistoryLimit: 0o17\n  progressDeadlineSeconds: 0x1F\n${template}`,
    ),
  'dates and times, which are text': (name) =>
    workload(name, container('        args: [2001-01-01, 1:30, 2001-12-14t21:59:43.10-05:00]\n')),
  'anchors and merge keys': (name) =>
    workload(
      name,
      '  template:\n    spec:\n      containers:\n      - &app {name: app, image: "app:1"}\n      - <<: *app\n        name: second\n',
    ),
  'an anchor that is used very often': (name) =>
    workload(name, container(`        args: [&a x${', *a'.repeat(300)}]\n`)),
  'a tag of nobody': (name) => workload(name, container('        args: [!secret x, !!str 1]\n')),
  'a key with a question mark': (name) => workload(name, `  ? replicas\n  : 2\n${template}`),
  'old Mac line ends': (name) => workload(name, template).replaceAll('\n', '\r'),
  'Windows line ends': (name) => workload(name, template).replaceAll('\n', '\r\n'),
  'an indented document': (name) => workload(name, template).replaceAll(/^(?=.)/gm, '  '),
  'an end marker': (name) => `${workload(name, template)}...\n`,
  'no line break at the end': (name) => workload(name, template).trimEnd(),
  'a list closed by a comma': (name) => workload(name, container('        args: [a, b,]\n')),
};

/** Streams of two Deployments with the given names. */
export const ODD_STREAMS: Readonly<Record<string, (a: string, b: string) => string>> = {
  'separators with blanks and comments': (a, b) =>
    `--- \n${workload(a, template)}---\t# second\n${workload(b, template)}---`,
  'a separator that a comment touches': (a, b) => `${workload(a, template)}---#\n${workload(b, template)}`,
  'empty documents and comments': (a, b) =>
    `---\n---\n# Source: a.yaml\n---\n${workload(a, template)}---\n\n---\n# nothing\n---\n${workload(b, template)}---\n---\n`,
  'Windows line ends': (a, b) =>
    `${workload(a, template)}---\n${workload(b, template)}`.replaceAll('\n', '\r\n'),
  'byte order marks': (a, b) => `\uFEFF${workload(a, template)}---\n\uFEFF${workload(b, template)}`,
  'a byte order mark before a separator': (a, b) =>
    `\uFEFF---\n${workload(a, template)}---\n${workload(b, template)}`,
  'a list': (a, b) => {
    const items = [a, b].map((name) => workload(name, template).replaceAll(/^(?=.)/gm, '  '));
    return `apiVersion: v1\nkind: List\nitems:\n${items.map((item) => item.replace('  ', '- ')).join('')}`;
  },
  'JSON objects without separators': (a, b) => `${json(a)}\n${json(b)}\n`,
  'JSON objects on one line': (a, b) => json(a, undefined) + json(b, undefined),
  'JSON objects with separators': (a, b) => `${json(a)}\n---\n${json(b)}\n`,
};

function json(name: string, space: number | undefined = 2): string {
  const spec = { template: { spec: { containers: [{ name: 'app', image: 'app:1', args: ['}{"'] }] } } };
  return JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec }, null, space);
}

/** No gates and no targets; kubectl refuses most of them. */
export const FOREIGN_TEXTS: readonly string[] = [
  '',
  '\n\n',
  '# only a comment\n',
  'just text\n',
  '- a\n- b\n',
  'a: [\n',
  'a: @b\n',
  '\tDeployment: at a tab\n',
  'kind: Deployment\n  name: deeper: than it may be\n',
  'kind: Deployment\nmetadata: *nowhere\n',
  '{"kind": "List", "items": [}',
  '%YAML 1.2\n---\nkind: Job\n',
  '----\nkind: Job\n',
  'kind: ConfigMap\ndata: {words: "Deployment \\q"}\n',
  'kind: DaemonSet\nmetadata: {name: "\u0000"}\n',
  `a: &a [x, x, x, x, x, x, x, x, x, x]\n${['b', 'c', 'd', 'e', 'f']
    .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcde'[index]}`).join(', ')}]\n`)
    .join('')}kind: Job\n`,
];

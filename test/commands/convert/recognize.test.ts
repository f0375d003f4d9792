import { expect } from 'chai';
import { initContainerSchema } from '../../../src/commands/convert/init-container.ts';
import { recognize } from '../../../src/commands/convert/recognize.ts';
import { read } from '../../config/manifests.ts';

/** An init container that runs this; a text is a shell's. */
function running(what: string | readonly string[], more: object = {}) {
  const command = typeof what === 'string' ? ['sh', '-c', what] : what;
  return initContainerSchema.parse({ name: 'w', image: 'busybox:1', command, ...more });
}

/** The checks that it becomes, or why it stays. */
function becomes(what: string | readonly string[], more: object = {}): unknown {
  const recognized = recognize(running(what, more));
  if (recognized.is === 'left') return recognized.why;
  return recognized.is === 'checks' ? recognized.checks.map(({ check }) => check) : recognized.check.check;
}

const remarks = (what: string | readonly string[]) => {
  const recognized = recognize(running(what));
  return recognized.is === 'checks' ? recognized.checks.flatMap((one) => one.remarks).join('; ') : '';
};

const DB = { tcp: { host: 'db', port: 5432 } };
const API = { dns: { host: 'api' } };

describe('recognize', () => {
  for (const [script, checks] of [
    ['until nc -z db 5432; do sleep 2; done', [DB]],
    ['until nc -vz -w 2 db 5432; do echo waiting; sleep 2; done', [DB]],
    ['until nc -zw2 db 5432; do sleep 2; done', [DB]],
    ['while ! nc -z db 5432 </dev/null; do sleep 1; done; echo up', [DB]],
    ['until nc -z "db" \'5432\' >/dev/null 2>&1\ndo\n  sleep 2\ndone\n', [DB]],
    ['set -e\nuntil timeout 5 nc -z db 5432; do :; done', [DB]],
    ['while true; do nc -z db 5432 && break; sleep 1; done', [DB]],
    ['for i in $(seq 1 30); do nc -z db 5432 && exit 0; sleep 2; done; exit 1', [DB]],
    ['until nc -z db 5432 && nslookup api; do sleep 2; done && echo both', [DB, API]],
    ['until nc -z db 5432; do sleep 2; done; until nslookup api; do sleep 2; done', [DB, API]],
    ['until nslookup api; do sleep 2; done', [API]],
    ['until dig +short A api && echo continuing ...; do echo waiting for api; sleep 2; done', [API]],
    ['until dig @10.96.0.10 api +short; do sleep 2; done', [API]],
    ['until getent hosts api; do sleep 2; done', [API]],
    ['until curl -sf http://api/ready; do sleep 2; done', [{ http: { url: 'http://api/ready' } }]],
    ['until curl -fsS -m 3 -o /dev/null api:8080; do sleep 2; done', [{ http: { url: 'http://api:8080' } }]],
    [
      "until curl -kf -X HEAD -H 'X-Key: a b' https://api; do sleep 2; done",
      [
        {
          http: {
            ...{ url: 'https://api', method: 'HEAD', headers: [{ name: 'X-Key', value: 'a b' }] },
            tls: { insecureSkipVerify: true },
          },
        },
      ],
    ],
    ['until wget -qO- http://api/ready; do sleep 2; done', [{ http: { url: 'http://api/ready' } }]],
  ] as const) {
    it(`understands ${JSON.stringify(script)}`, () => {
      expect(becomes(script)).to.deep.equal(checks);
    });
  }

  const job = { resource: { apiVersion: 'batch/v1', kind: 'Job', name: 'migrate' } };
  for (const [words, checks] of [
    [['wait4x', 'tcp', 'db:5432', '-t', '60s'], [DB]],
    [['wait4x', 'dns', 'A', 'api'], [API]],
    [
      ['wait4x', 'http', 'http://api', '--expect-status-code', '204'],
      [{ http: { url: 'http://api', status: [204] } }],
    ],
    [['/bin/wait-for-it.sh', 'db:5432', '--timeout=60'], [DB]],
    [
      ['dockerize', '-wait', 'tcp://db:5432', '-wait', 'http://api', '-timeout', '9s'],
      [DB, { http: { url: 'http://api' } }],
    ],
    [['kubectl', 'wait', '--for=condition=complete', '--timeout=600s', 'job/migrate'], [job]],
    [['kubectl', 'wait', '--for', 'condition=Complete', 'jobs', 'migrate'], [job]],
    [['k8s-wait-for', 'job', 'migrate'], [job]],
    [
      ['kubectl', 'rollout', 'status', 'deployment/api'],
      [{ resource: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' } }],
    ],
    [
      ['kubectl', 'wait', '--for=condition=Progressing', 'deploy/api'],
      [
        {
          resource: {
            ...{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' },
            condition: { type: 'Progressing' },
          },
        },
      ],
    ],
  ] as const) {
    it(`understands ${words.join(' ')}`, () => {
      expect(becomes(words)).to.deep.equal(checks);
    });
  }

  it('understands an image whose entry point waits', () => {
    const more = { image: 'ghcr.io/groundnuty/k8s-wait-for:v2.0', args: ['job', 'migrate'] };
    expect(becomes([], more)).to.deep.equal([job]);
    expect(becomes([], { image: 'atkrad/wait4x:2', args: ['tcp', 'db:5432'] })).to.deep.equal([DB]);
    expect(becomes([], { image: 'mirror/awesome', args: ['tcp', 'db:5432'] })).to.equal(
      'tcp is not understood',
    );
    expect(becomes([])).to.equal('what image busybox:1 does is not in the manifest');
  });

  it('understands the variables of kubernetes-entrypoint', () => {
    const entrypoint = (env: Readonly<Record<string, string>>) =>
      becomes(['kubernetes-entrypoint'], {
        image: 'airshipit/kubernetes-entrypoint:v1',
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
      });
    expect(entrypoint({ DEPENDENCY_SERVICE: 'db,api', DEPENDENCY_JOBS: 'migrate' })).to.deep.equal([
      { service: { name: 'db' } },
      { service: { name: 'api' } },
      job,
    ]);
    expect(entrypoint({ DEPENDENCY_SERVICE: 'other:db' })).to.contain('is in another namespace');
    expect(entrypoint({ DEPENDENCY_POD_JSON: '[{}]' })).to.equal('DEPENDENCY_POD_JSON is not understood');
    expect(entrypoint({})).to.contain('no variable says');
  });

  it('puts values in the place of variables, and names where others come from', () => {
    const script = `until nc -z \${HOST} $(PORT); do sleep 1; done`;
    const env = [
      { name: 'HOST', value: 'db' },
      { name: 'PORT', value: '5432' },
    ];
    expect(becomes(script, { env })).to.deep.equal([DB]);
    const from = (valueFrom: object, text = script) =>
      becomes(text, { env: [{ name: 'HOST', valueFrom }, ...env.slice(1)] });
    const secretKeyRef = { name: 's', key: 'k' };
    for (const other of [
      `until nc -z \${HOST}.svc 80; do sleep 1; done`,
      `until nc -z $HOST$HOST 80; do sleep 1; done`,
      `until nc -z $HOST:80 80; do sleep 1; done`,
      `until nslookup $HOST; do sleep 1; done`,
      `until curl -f http://$HOST; do sleep 1; done`,
      `until curl -f $HOST; do sleep 1; done`,
      `until curl -f -H $HOST http://a; do sleep 1; done`,
      `until nc -z db 1$HOST; do sleep 1; done`,
      `dockerize -wait http://$HOST`,
      `wait4x tcp db:1$HOST`,
      `kubectl wait --for=condition=complete job/$HOST`,
      `$HOST`,
    ])
      expect(from({ secretKeyRef }, other), other).to.match(
        /^(HOST comes from Secret s, key k|\$HOST is not understood)$/,
      );
    expect(from({ secretKeyRef }, 'until nc -zu $HOST 53; do sleep 1; done')).to.match(/UDP/);
    expect(from({ secretKeyRef }, 'until nc -z $HOST; do sleep 1; done')).to.equal('no port is no port');
    expect(from({ secretKeyRef: { ...secretKeyRef, optional: true } })).to.equal(
      'HOST comes from Secret s, key k, where it is there',
    );
    expect(from({ fieldRef: { fieldPath: 'status.hostIP' } })).to.equal(
      "HOST is the Pod's own status.hostIP",
    );
    expect(becomes(script)).to.equal('HOST has no value in the manifest');
  });

  it('takes host and port from Secrets and ConfigMaps, where each is all of one variable', () => {
    const secretKeyRef = { name: 's', key: 'k' };
    const configMapKeyRef = { name: 'c', key: 'p' };
    const env = [
      { name: 'HOST', valueFrom: { secretKeyRef } },
      { name: 'PORT', valueFrom: { configMapKeyRef } },
    ];
    const both = [{ tcp: { hostFrom: { secretKeyRef }, portFrom: { configMapKeyRef } } }];
    for (const script of [
      `until nc -z \${HOST} $(PORT); do sleep 1; done`,
      `until nc -z "$HOST" "$PORT"; do sleep 1; done`,
      `wait-for-it.sh $HOST:$PORT -t 60`,
      `dockerize -wait tcp://$HOST:$PORT`,
      `wait4x tcp $HOST:$PORT`,
    ])
      expect(becomes(script, { env }), script).to.deep.equal(both);
    expect(becomes('until nc -z $HOST 5432; do sleep 1; done', { env })).to.deep.equal([
      { tcp: { hostFrom: { secretKeyRef }, port: 5432 } },
    ]);
    expect(becomes(['wait-for-it.sh', 'db:$(PORT)'], { env })).to.deep.equal([
      { tcp: { host: 'db', portFrom: { configMapKeyRef } } },
    ]);
  });

  it('takes any status for curl without --fail, as curl does', () => {
    expect(becomes('until curl -s http://api; do sleep 1; done')).to.deep.equal([
      { http: { url: 'http://api', status: ['any'] } },
    ]);
  });

  it("understands names in the Pod's own namespace", () => {
    const env = [{ name: 'NS', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }];
    for (const host of [`api.\${NS}.svc.cluster.local`, 'api.$(NS).svc', 'api.$NS'])
      expect(becomes(`until nslookup ${host}; do sleep 1; done`, { env }), host).to.deep.equal([API]);
    expect(becomes('until curl -f http://api.$NS.svc:80/x; do sleep 1; done', { env })).to.deep.equal([
      { http: { url: 'http://api:80/x' } },
    ]);
    expect(becomes('until nslookup api-$NS; do sleep 1; done', { env })).to.contain("Pod's own namespace");
  });

  it('takes over a container that asks by a client of its own', () => {
    const script = 'until pg_isready -h db; do sleep 2; done';
    const resources = { limits: { cpu: '1' } };
    expect(becomes(script, { resources, terminationMessagePath: '/dev/termination-log' })).to.deep.equal({
      container: { image: 'busybox:1', command: ['sh', '-c', script], resources },
    });
    expect(becomes(script, { volumeMounts: [], restartPolicy: 'Always' })).to.equal(
      "a gate's container has no place for its volumeMounts, restartPolicy",
    );
  });

  describe('what runs the image of the app', () => {
    const DB = { name: 'DB', value: 'db' };
    const TOKEN = { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'value' } } };
    const FILES = { name: 'files', mountPath: '/etc/app' };
    const app = (name: string, more: object = {}) =>
      initContainerSchema.parse({ name, image: 'shop/app:7', command: ['serve'], env: [DB], ...more });
    const asked = (what: string | readonly string[], apps: object[], more: object = {}) => {
      const recognized = recognize(
        running(what, { image: 'shop/app:7', ...more }),
        apps.map((one) => initContainerSchema.parse(one)),
      );
      if (recognized.is !== 'container') return recognized;
      return { container: recognized.check.check.container, remarks: recognized.check.remarks.join('; ') };
    };

    for (const words of [
      ['airflow', 'db', 'check-migrations'],
      ['python', 'manage.py', 'migrate', '--check'],
      ['bundle', 'exec', 'rake', 'db:abort_if_pending_migrations'],
      ['bin/rails', 'db:abort_if_pending_migrations'],
      ['flyway', 'info'],
      ['superset', 'db', 'current'],
      ['alembic', 'check'],
      ['php', 'artisan', 'migrate:status'],
    ]) {
      it(`becomes a check from the app's container: ${words.join(' ')}`, () => {
        expect(asked(words, [app('proxy', { image: 'proxy:1' }), app('web')])).to.deep.equal({
          container: { from: 'web', command: words },
          remarks:
            'it runs the image of web, and so the one of each release, with its environment and volumes; it also gets what only web has of env',
        });
      });
    }

    const CHECK = ['alembic', 'check'];
    it('keeps what the app has not, and what the app has otherwise', () => {
      const own = {
        env: [TOKEN, DB],
        volumeMounts: [FILES],
        resources: { limits: { cpu: '1' } },
        workingDir: '/w',
      };
      const of = app('web', {
        volumeMounts: [FILES],
        envFrom: [{ secretRef: { name: 's' } }],
        workingDir: '/app',
      });
      expect(asked(CHECK, [of], own)).to.deep.equal({
        container: {
          ...{ from: 'web', command: CHECK, env: [TOKEN], resources: own.resources, workingDir: '/w' },
        },
        remarks:
          'it runs the image of web, and so the one of each release, with its environment and volumes; it also gets what only web has of envFrom',
      });
      const other = { name: 'DB', value: 'replica' };
      expect(asked(CHECK, [app('web')], { env: [other] })).to.have.deep.nested.property('container.env', [
        other,
      ]);
    });

    it('names the others that run it too', () => {
      const found = asked(CHECK, [app('web', { env: [] }), app('worker'), app('cron')]);
      expect(found).to.have.nested.property('container.from', 'web');
      expect(found)
        .to.have.property('remarks')
        .that.contains('worker, cron has that image too: put it into from');
    });

    it('keeps its own image where that is another, or where no command says what it does', () => {
      expect(asked(CHECK, [app('web', { image: 'shop/app:8' })])).to.have.nested.property(
        'container.image',
        'shop/app:7',
      );
      expect(asked([], [app('web')])).to.deep.equal({
        is: 'left',
        why: 'what image shop/app:7 does is not in the manifest',
      });
    });

    for (const what of [
      'until pg_isready -h db; do sleep 1; done; rails db:migrate',
      'airflow db check && airflow db migrate',
      'python manage.py check --database default && python manage.py migrate',
      'flyway validate || flyway migrate',
    ]) {
      it(`stays where it migrates: ${what}`, () => {
        expect(asked(what, [app('web')]))
          .to.have.property('why')
          .that.matches(/^it does more than wait: .* changes the schema$/);
      });
    }
  });

  for (const [what, why] of [
    ['sleep 30', 'it waits for nothing'],
    ['cp -r /a /b', 'cp is not understood'],
    ['until nc -z db 5432; do rm -rf /x; done', 'its loop does more than wait and say so'],
    ['until nc -z db 5432; do sleep 1; done; exec app', 'exec is not understood'],
    ['if nc -z db 5432; then exit 0; fi', 'its loop is not understood'],
    ['until [ "$(kubectl get job a)" = 1 ]; do sleep 1; done', '[ is not understood'],
    ['until nc -z "$(cat host)" 80; do sleep 1; done', 'it is put together by a shell: $(cat host)'],
    ['until nc -z db 5432 | grep x; do sleep 1; done', /^it has more than commands in it/],
    [
      'until nc -zu db 53; do sleep 1; done',
      'a gate has no check by UDP: nothing answers that an app listens',
    ],
    ['until nc --proxy a db 5432; do sleep 1; done', 'option --proxy is not understood'],
    ['until nc -z db postgres; do sleep 1; done', 'postgres is no port'],
    ['until nc -z db; do sleep 1; done', 'no port is no port'],
    ['until curl -f http://a http://b; do sleep 1; done', 'which URL is asked for is not understood'],
    ['until curl -f -X PUT http://a; do sleep 1; done', 'method PUT is not understood'],
    ['until curl -f -d x http://a; do sleep 1; done', 'option -d is not understood'],
    ['until nslookup a b; do sleep 1; done', 'which name is looked up is not understood'],
    ['kubectl wait --for=delete pod/x -n other', /another|named/],
    ['kubectl get pods', 'kubectl get pods is not understood'],
    ['wait-for-it.sh db:5432 -- app', 'it runs another command when it has waited'],
    ['dockerize app', 'what dockerize waits for is not understood'],
    ['k8s-wait-for pod -lapp=x', 'k8s-wait-for pod is not understood'],
  ] as const) {
    it(`leaves ${JSON.stringify(what)} where it is, and says why`, () => {
      const said = becomes(what);
      if (typeof why === 'string') expect(said).to.equal(why);
      else expect(said).to.match(why);
    });
  }

  it('says what is different', () => {
    expect(remarks('until curl -s http://a; do sleep 1; done')).to.contain('without --fail');
    expect(remarks('until curl -sfL http://a; do sleep 1; done')).to.equal('redirects are not followed');
    expect(remarks('until dig +short a; do sleep 1; done')).to.contain('without an address');
    expect(remarks('for i in 1 2; do nc -z db 1 && exit 0; sleep 1; done')).to.contain(
      'gives up after a time',
    );
    expect(remarks(['kubectl', 'wait', 'job/migrate'])).to.match(/no ServiceAccount token.*earlier release/);
  });
});

describe('docs/guide/from-a-wait-loop.md', () => {
  const rows = [...read('docs/guide/from-a-wait-loop.md').matchAll(/^\| `(.+?)` \| (`.+?`) \|/gm)];

  it('has the usual loops', () => {
    expect(rows).to.have.length.above(12);
  });

  for (const [, loop = '', told = ''] of rows) {
    it(`says rightly what becomes of ${loop}`, () => {
      const recognized = recognize(running(loop));
      const checks =
        recognized.is === 'checks'
          ? recognized.checks.flatMap(({ check }) => Object.keys(check))
          : [recognized.is];
      expect(checks.map((one) => `\`${one}\``).join(', ')).to.equal(told);
    });
  }
});

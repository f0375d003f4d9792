import type { Check } from './converted-check.ts';
import { parse, unknown } from './options.ts';

export function curl(args: readonly string[]): Check[] {
  const { words, options } = parse(
    args,
    '-m --max-time --connect-timeout -o --output --retry --retry-delay -w --write-out -H --header -X --request',
    '-s -S -f -k -L -v -i -I -sS --silent --show-error --fail --insecure --location --retry-connrefused --head',
  );
  const [url, ...more] = words;
  if (url === undefined || more.length > 0) return unknown('which URL is asked for');
  const fails = ['-f', '--fail'].some((one) => options.has(one));
  return [
    http(url, {
      insecure: options.has('-k') || options.has('--insecure'),
      header: options.get('-H') ?? options.get('--header'),
      method: options.get('-X') ?? options.get('--request'),
      status: fails ? undefined : ['any'],
      remarks: [
        ...(fails
          ? []
          : [
              'curl without --fail succeeds on any status, and so does the gate: without status it wants 200 to 299',
            ]),
        ...(options.has('-L') || options.has('--location') ? ['redirects are not followed'] : []),
      ],
    }),
  ];
}

export function wget(args: readonly string[]): Check[] {
  const { words, options } = parse(
    args,
    '-T -t -O --timeout --tries --output-document --header -o',
    '-q -qO- --quiet --spider -S --no-check-certificate --no-verbose -nv',
  );
  const [url, ...more] = words;
  if (url === undefined || more.length > 0) return unknown('which URL is asked for');
  return [
    http(url, {
      insecure: options.has('--no-check-certificate'),
      header: options.get('--header'),
      method: undefined,
      remarks: ['wget follows redirects, the gate does not'],
    }),
  ];
}

interface Http {
  readonly insecure: boolean;
  readonly header: string | undefined;
  readonly method: string | undefined;
  readonly status?: readonly (number | string)[] | undefined;
  readonly remarks: readonly string[];
}

export function http(address: string, { insecure, header, method, status, remarks }: Http): Check {
  const url = /^https?:\/\//.test(address) ? address : `http://${address}`;
  const [name = '', value = ''] = header?.split(/:\s*(.*)/s) ?? [];
  return {
    check: {
      http: {
        url,
        ...(method !== undefined && { method: methodOf(method) }),
        ...(status && { status: [...status] }),
        ...(header !== undefined && { headers: [{ name, value }] }),
        ...(insecure && url.startsWith('https:') && { tls: { insecureSkipVerify: true } }),
      },
    },
    remarks,
  };
}

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'] as const;

function methodOf(name: string): (typeof METHODS)[number] {
  return METHODS.find((one) => one === name) ?? unknown(`method ${name}`);
}

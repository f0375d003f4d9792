import { type Check, NEVER_GIVES_UP } from './converted-check.ts';
import { http } from './http-programs.ts';
import { keySourceOf, Unclear } from './init-container.ts';
import { dns, tcp } from './network-programs.ts';
import { parse, unknown } from './options.ts';

/** `wait4x tcp host:port …`, `wait4x http URL`, `wait4x dns A name`. */
export function wait4x([what, ...args]: readonly string[]): Check[] {
  const taking = '-t --timeout -i --interval --connection-timeout --expect-status-code';
  const { words, options } = parse(args, taking, '-q --quiet --no-color');
  const status = options.get('--expect-status-code');
  const remarks = options.has('-t') || options.has('--timeout') ? [NEVER_GIVES_UP] : [];
  const with_ = ({ check, remarks: own }: Check): Check => ({ check, remarks: [...own, ...remarks] });
  if (what === 'tcp') return words.map((word) => with_(tcpAt(word)));
  if (what === 'dns') return [with_(dns(words))];
  const [url] = words;
  if (what !== 'http' || url === undefined) return unknown(`wait4x ${what}`);
  const plain = http(url, { insecure: false, header: undefined, method: undefined, remarks: [] });
  if (status === undefined || plain.check.http === undefined) return [with_(plain)];
  return [with_({ ...plain, check: { http: { ...plain.check.http, status: [Number(status)] } } })];
}

function tcpAt(address: string): Check {
  const [, host = '', port = ''] = /^(.+):(.+)$/.exec(address) ?? [];
  return /^\d+$/.test(port) || keySourceOf(port) ? tcp(host, port) : unknown(address);
}

/** `wait-for-it.sh host:port [-t 30] [-- command]` */
export function waitForIt(args: readonly string[]): Check[] {
  const end = args.indexOf('--');
  if (end >= 0 && end < args.length - 1) throw new Unclear('it runs another command when it has waited');
  const { words } = parse(
    args.slice(0, end < 0 ? undefined : end),
    '-t --timeout -h --host -p --port',
    '-q -s --quiet --strict',
  );
  const [address = ''] = words;
  const { check, remarks } = tcpAt(address);
  return [{ check, remarks: [...remarks, NEVER_GIVES_UP] }];
}

/** `dockerize -wait tcp://host:port -wait http://host -timeout 60s` */
export function dockerize(args: readonly string[]): Check[] {
  const urls = args.flatMap((word, index) => (/^--?wait$/.test(args[index - 1] ?? '') ? [word] : []));
  if (urls.length === 0) return unknown('what dockerize waits for');
  return urls.map((url) => {
    if (/^https?:/.test(url))
      return http(url, { insecure: false, header: undefined, method: undefined, remarks: [NEVER_GIVES_UP] });
    if (!url.startsWith('tcp://')) return unknown(url);
    const { check, remarks } = tcpAt(url.slice('tcp://'.length));
    return { check, remarks: [...remarks, NEVER_GIVES_UP] };
  });
}

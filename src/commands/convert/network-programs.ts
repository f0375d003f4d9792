import type { Check } from './converted-check.ts';
import { keySourceOf, Unclear } from './init-container.ts';
import { parse, unknown } from './options.ts';

export function tcp(host: string, port: string): Check {
  const hostFrom = keySourceOf(host);
  const portFrom = keySourceOf(port);
  if (!portFrom && !/^\d+$/.test(port)) throw new Unclear(`${port === '' ? 'no port' : port} is no port`);
  const remark =
    'service instead of tcp also asks whether its Pods are ready, where it is a Service of this namespace';
  return {
    check: {
      tcp: {
        ...(hostFrom ? { hostFrom } : { host }),
        ...(portFrom ? { portFrom } : { port: Number(port) }),
      },
    },
    remarks: hostFrom ? [] : [remark],
  };
}

/** `nc -z HOST PORT` */
export function netcat(args: readonly string[]): Check[] {
  const { words, options } = parse(args, '-w -G -i -q', '-z -v -vv -n -N -4 -6 -u');
  if (options.has('-u')) throw new Unclear('a gate has no check by UDP: nothing answers that an app listens');
  const [host = '', port = '', ...more] = words;
  return more.length === 0 ? [tcp(host, port)] : unknown(`nc with ${words.length} words`);
}

/** `nslookup NAME`, `dig +short NAME`: the one name that is looked up. */
export function dns(args: readonly string[], ...remarks: readonly string[]): Check {
  const { words } = parse(args, '-t -timeout -type -W -p', '+short -4 -6 -v');
  const names = words.filter((word) => !/^\+|^(A|AAAA|IN)$/.test(word) && !word.startsWith('@'));
  const [host] = names;
  if (host === undefined || names.length > 1) return unknown('which name is looked up');
  return {
    check: { dns: { host } },
    remarks: [
      ...remarks,
      'a name says nothing about whether anybody listens: tcp, http, grpc or service say more',
    ],
  };
}

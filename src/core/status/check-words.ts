import { keyWords } from '../../api/key-references.ts';
import { checkOf } from '../../api/settled.ts';
import type { Dependency, TcpCheck } from '../../api/spec.ts';
import { resourceWords } from '../evaluate/answer-resource.ts';

/** `dns api`, `tcp redis:6379`, `Job migrate`: what is asked for. */
export function checkWords(dependency: Dependency): string {
  const made = checkOf(dependency);
  switch (made.check) {
    case 'dns':
      return `dns ${made.settings.host}`;
    case 'tcp':
    case 'grpc':
      return `${made.check}${addressWords(made.settings)}`;
    case 'http':
      return `http${made.settings.urlFrom ? `, URL from ${keyWords(made.settings.urlFrom)}` : ` ${made.settings.url}`}`;
    case 'service':
    case 'gate':
      return `${made.check} ${made.settings.name}`;
    case 'resource':
      return resourceWords(made.settings);
    case 'container':
      return `container ${made.settings.image ?? `with the image of ${made.settings.from}`}`;
  }
}

/** ` redis:6379`, `, host from key host of Secret db, port 5432`: the operator, too, knows only where it stands. */
function addressWords({ host, hostFrom, port, portFrom }: TcpCheck): string {
  if (!hostFrom && !portFrom) return ` ${host}:${port}`;
  const hostWords = hostFrom ? `from ${keyWords(hostFrom)}` : host;
  return `, host ${hostWords}, port ${portFrom ? `from ${keyWords(portFrom)}` : port}`;
}

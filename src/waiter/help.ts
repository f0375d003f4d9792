export const HELP = `Waits until a dependency is there, or all of several, then exits 0. It has no time limit of its own.

Usage:
  dependency-gate wait dns HOST [options]        HOST has an address
  dependency-gate wait tcp HOST:PORT [options]   a TCP connection is accepted
  dependency-gate wait http URL [options]        an HTTP request is answered with the right status
  dependency-gate wait grpc HOST:PORT [options]  grpc.health.v1 answers SERVING
  dependency-gate wait opened [options]          an annotation of the Pod opens it; the operator writes that
  dependency-gate wait all [options] -- CHECK [-- CHECK...]
                                                 all of these, side by side; CHECK is written as above, after "wait"

HOST is an IP address or a name, from the hosts file or completed by the search list of resolv.conf. An IPv6 address
before a port is written in brackets: [fd00::1]:6379.

Options of all checks (of opened: not period, timeout and success-threshold):
  --name NAME               name of the dependency in the log (default: the host)
  --period DURATION         time between two attempts, jittered by a tenth (default: 2s)
  --timeout DURATION        time after which one attempt is given up (default: 5s)
  --success-threshold N     attempts in a row that must succeed (default: 1)
  --overdue-after DURATION  time after which the dependency is overdue (default: 300s)
  --on-overdue wait|open    action when overdue: keep waiting, or treat as satisfied (default: wait)
  --open-key KEY            annotation of the Pod that opens the dependency from outside
  --annotations-file PATH   downward-API file of the Pod's annotations
  --log-format text|json    (default: text)
  --help                    this text

Options of all, before the first --, of all dependencies as a whole:
  --open-key KEY            annotation of the Pod that opens those that are not there yet, beside the key of each
  --annotations-file PATH   downward-API file of the Pod's annotations
  --log-format text|json    of the last line, and of each dependency that says no other (default: text)

Options of tcp and grpc, in place of HOST:PORT:
  --host HOST, --port PORT  one of them, where the other is in an environment variable
  --host-env VAR[=ORIGIN]   host that is in an environment variable; ORIGIN is told in its place
  --port-env VAR[=ORIGIN]   the same for the port

Options of dns:
  --type A|AAAA|any         which addresses count (default: any)

Options of http:
  --url-env VAR[=ORIGIN]    in place of URL: one that is in an environment variable; ORIGIN is told in its place
  --method METHOD           GET, HEAD, POST or OPTIONS (default: GET)
  --header 'NAME: VALUE'    request header; may be repeated
  --header-env NAME=VAR     request header whose value is in an environment variable; may be repeated
  --status CODE[,CODE...]   status codes that satisfy, or any (default: 200 to 299)

Options of grpc:
  --service NAME            service to ask for (default: the server as a whole)
  --tls                     use TLS

Options of http and grpc:
  --tls-server-name NAME    name that the certificate must carry (default: the host)
  --ca-file PATH            PEM certificates to trust, waited for while missing (default: Node's own)
  --client-cert-file PATH   PEM certificate to show the server, waited for while missing (default: none)
  --client-key-file PATH    its key, as PEM, not encrypted
  --insecure-skip-verify    accept any certificate

A DURATION is a number with a unit: 500ms, 2s, 5m, 1h.

Exit codes: 0 the dependency is there, was opened, or is overdue and treated as satisfied, and so is each of several;
2 wrong usage; 130 and 143 ended by SIGINT and SIGTERM.
`;

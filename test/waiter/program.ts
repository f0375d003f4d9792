import { run } from '../../src/waiter/run.ts';

/** The waiter as a program of its own, with the files of its world named by the environment. */
const { RESOLV_CONF = '/dev/null', HOSTS = '/dev/null', TERMINATION_LOG = '/dev/null' } = process.env;
process.exit(
  await run(process.argv.slice(2), process, {
    resolvConf: RESOLV_CONF,
    hosts: HOSTS,
    terminationLog: TERMINATION_LOG,
  }),
);

/**
 * Programs that ask a server whether it is ready, or whether the schema is that of this release, in ways that a gate does
 * not know.
 */
const ASKING = new RegExp(
  `\\b(?:${[
    'pg_isready|psql|mysqladmin|mysql|mariadb-admin|redis-cli|valkey-cli|mongosh?|clickhouse-client',
    'rabbitmq-diagnostics|kafka-topics|cqlsh|etcdctl|airflow db check|superset db current',
    '(?:rails|rake) db:(?:abort_if_pending_migrations|version|migrate:status)|flyway (?:info|validate)',
    'manage\\.py (?:migrate --check|check --database)|artisan migrate:status',
    'alembic (?:check|current)|prisma migrate status',
  ].join('|')})`,
);

/** Those of the same tools that change the schema: no wait, whatever stands beside it. */
const CHANGING = new RegExp(
  `\\b(?:${[
    '(?:rails|rake) db:(?:migrate(?!:status)|prepare|setup|seed|schema:load)|flyway (?:migrate|repair|clean)',
    'manage\\.py migrate(?![^&;|]*--check)|artisan migrate(?!:status)|airflow db (?:init|migrate|upgrade)',
    'superset (?:db upgrade|init)|alembic (?:upgrade|downgrade)|prisma (?:migrate deploy|db push)',
  ].join('|')})`,
);

export function asks(text: string): boolean {
  return ASKING.test(text);
}

/** The command that changes the schema, where there is one. */
export function migration(text: string): string | undefined {
  return CHANGING.exec(text)?.[0];
}

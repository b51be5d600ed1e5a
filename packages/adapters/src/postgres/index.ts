export {
  poolDeadlines,
  type PostgresClientPool,
  postgresDialect,
  type PostgresDialectOptions,
} from './postgres-dialect.ts'

export type { Database } from './database.ts'
export {
  type KyselyRepositories,
  type KyselyStorage,
  kyselyStorage,
  type KyselyStorageOptions,
} from './kysely-storage.ts'
export type { Migration } from './migration.ts'
export { migrations } from './migrations.ts'
export {
  applyMigrations,
  type MigrateOptions,
  MigrationError,
  type MigrationPlan,
  planMigrations,
} from './migrator.ts'

import { loadSettings, type SettingsSource } from '@corbel/core'
import { HostSettings } from './host-settings.ts'
import type { DatabaseSettings } from './stack.ts'

// A schema can be migrated before every other setting is there.
const { dataDir, databaseUrl, databasePoolSize, databasePoolTimeout, databasePoolRecycle } = HostSettings
const catalogs = {
  database: { dataDir, databaseUrl, databasePoolSize, databasePoolTimeout, databasePoolRecycle },
}

/** The settings that say where the database is, alone. */
export const readDatabaseSettings = (source: SettingsSource): DatabaseSettings =>
  loadSettings({ source, catalogs }).values.database

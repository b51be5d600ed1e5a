import { join } from 'node:path'
import { applyMigrations, planMigrations } from '@corbel/adapters/kysely'
import type { SettingsSource } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import type { DatabaseTools, OpenedStack, RedisTools } from 'corbel'
import { sql } from 'kysely'
import { createOperator } from '../first-operator.ts'
import { HostError } from '../host-error.ts'
import { HostSettings } from '../host-settings.ts'
import { readDatabaseSettings } from '../migration-settings.ts'
import { generatedNames, readSettings } from '../read-settings.ts'
import { openPayments } from '../payments.ts'
import { composeStack, createPorts, openDatabase, openRedis, refuseSettings } from '../stack.ts'
import { inspectDatabase } from './inspect-database.ts'
import { paymentTools } from './payment-tools.ts'
import { connectionTools, credentialTools, userTools } from './people-tools.ts'
import { seed } from './seed.ts'
import { deliveryTools } from './delivery-tools.ts'
import { statusTools } from './status-tools.ts'
import { usageTools } from './usage-tools.ts'

/** The secrets that a start on a developer's machine makes. */
export const suppliedSettings = async (settings: SettingsSource): Promise<readonly string[]> =>
  generatedNames.filter((name) => settings.get(name) === undefined)

/** Beside what else is kept on this machine. */
export const logFolder = async (settings: SettingsSource): Promise<string> =>
  join(settings.get(HostSettings.dataDir.env) ?? HostSettings.dataDir.default, 'logs')

/** The database alone: for a schema that is migrated before every other setting is there. */
export async function openDatabaseTools(settings: SettingsSource): Promise<DatabaseTools> {
  const { name, db, close } = await openDatabase(readDatabaseSettings(settings))
  return {
    name,
    check: async () => void (await sql`select 1`.execute(db)),
    inspect: () => inspectDatabase(db, name === 'postgres'),
    plan: () => planMigrations(db),
    apply: () => applyMigrations(db),
    close,
  }
}

export async function openRedisTools(settings: SettingsSource): Promise<RedisTools | null> {
  const { host } = readSettings(settings).values
  const redis = openRedis(host)
  if (!redis) return null
  let refusal: Error | undefined
  redis.on('error', (error) => (refusal ??= error))
  return {
    async inspect() {
      // What the connection came to is told by the event; the call says only that it is closed.
      await redis.connect().catch((error: Error) => {
        throw refusal ?? error
      })
      const info = await redis.info()
      const of = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? 'unknown'
      const { tls, password } = redis.options
      return {
        version: of('redis_version'),
        evictionPolicy: of('maxmemory_policy'),
        tls: tls !== undefined,
        authenticated: Boolean(password),
        role: of('role'),
        memory: { used: Number(of('used_memory')), most: Number(of('maxmemory')) },
      }
    },
    close: async () => redis.disconnect(),
  }
}

/**
 * The stack as the host composes it, not started.
 *
 * @throws StartRefused as a start would, and HostError when migrations are pending.
 */
export async function openStackTools(source: SettingsSource): Promise<OpenedStack> {
  const settings = readSettings(source)
  refuseSettings(settings)
  const { host } = settings.values
  const database = await openDatabase(host)
  const redis = openRedis(host)
  const close = async () => {
    redis?.disconnect()
    await database.close()
  }
  try {
    const { pending } = await planMigrations(database.db)
    if (pending.length > 0)
      throw new HostError(
        `The database lacks ${pending.length} migration(s). Apply them first: corbel db migrate apply.`,
      )
    const ports = createPorts(settings, redis, silentLogger)
    const payments = await openPayments(settings, silentLogger)
    const stack = composeStack(settings, ports, database, silentLogger, payments)
    // Makes the first key, as a start does.
    await stack.auth.signingKeys.list()
    return {
      readiness: () => stack.readiness(),
      signingKeys: stack.auth.signingKeys,
      operators: { create: (email) => createOperator(stack.auth.users, email) },
      users: userTools(stack),
      credentials: credentialTools(stack, ports.keyVault, settings.values.core.publicUrl),
      connections: connectionTools(stack),
      payments: paymentTools(stack, payments),
      status: statusTools(stack),
      deliveries: deliveryTools(stack),
      usage: usageTools(stack),
      seed: () => seed(stack),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

import { argon2PasswordHasher } from '@corbel/adapters/argon2'
import { memoryStorage } from '@corbel/adapters/memory'
import { agents } from '@corbel/agents'
import { auth, AuthSettings } from '@corbel/auth'
import { billing } from '@corbel/billing'
import { createStack, fromEnv } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { status, StatusSettings } from '@corbel/core/status'
import { tenant, TenantModuleSettings } from '@corbel/core/tenant'
import { HostMetrics } from './host-metrics.ts'
import { HostSettings } from './host-settings.ts'

/** The whole stack as it describes itself. Nothing is started, and nothing depends on the machine. */
export async function describeStack() {
  const secrets = [TenantModuleSettings, AuthSettings, StatusSettings]
    .flatMap((settings) => Object.values(settings))
    .filter((setting) => 'secret' in setting)
  const stack = createStack({
    modules: [tenant(), auth({ passwords: argon2PasswordHasher() }), billing(), agents(), status()],
    storage: memoryStorage(),
    settings: fromEnv(Object.fromEntries(secrets.map(({ env }) => [env, crypto.randomUUID()]))),
    logger: silentLogger,
  })
  const answer = await stack.fetch(new Request('http://127.0.0.1/openapi.json'))
  const openApi: unknown = await answer.json()
  return {
    catalogs: { ...stack.catalogs, host: { settings: HostSettings, metrics: HostMetrics } },
    operations: stack.operations,
    openApi,
  }
}

import {
  CoreSettings,
  fromEnv,
  inspectSettings,
  type InspectedSettings,
  type Setting,
  type SettingsSource,
} from '@corbel/core'
import { AuthSettings } from '@corbel/auth'
import { BillingSettings } from '@corbel/billing'
import { StatusSettings } from '@corbel/core/status'
import { TenantModuleSettings } from '@corbel/core/tenant'
import { HostSettings } from './host-settings.ts'
import { readLocalSecrets } from './local-secrets.ts'

const catalogs = {
  host: HostSettings,
  core: CoreSettings,
  tenant: TenantModuleSettings,
  status: StatusSettings,
  auth: AuthSettings,
  billing: BillingSettings,
}

export interface ReadSettings extends InspectedSettings<typeof catalogs> {
  /** What was read, generated secrets included; for `createStack`. */
  readonly source: SettingsSource
  /** Environment names that only this host declares. */
  readonly hostNames: readonly string[]
}

/**
 * Reads the environment. In the profile `local` secrets that it lacks are made once and kept in the data folder; elsewhere
 * they are reported as missing.
 */
export function readSettings(environment: SettingsSource = fromEnv()): ReadSettings {
  const hostNames = Object.values(HostSettings).map(({ env }) => env)
  const found = inspectSettings({ source: environment, catalogs })
  const { dataDir } = found.values.host
  if (found.profile !== 'local' || dataDir === undefined) return { ...found, source: environment, hostNames }
  const missing = generatedNames.filter((name) => environment.get(name) === undefined)
  const source = layered(environment, readLocalSecrets(dataDir, missing))
  return { ...inspectSettings({ source, catalogs }), source, hostNames }
}

const isNeededLocally = ({ secret, required, when }: Setting): boolean =>
  secret === true && required?.includes('local') === true && when === undefined

/** Secrets that a newcomer should not have to make. */
export const generatedNames: readonly string[] = Object.values<Setting>({
  ...HostSettings,
  ...CoreSettings,
  ...TenantModuleSettings,
  ...StatusSettings,
  ...AuthSettings,
})
  .filter(isNeededLocally)
  .map(({ env }) => env)

const layered = (first: SettingsSource, second: Readonly<Record<string, string>>): SettingsSource => ({
  get: (name) => first.get(name) ?? second[name],
  names: [...new Set([...first.names, ...Object.keys(second)])],
})

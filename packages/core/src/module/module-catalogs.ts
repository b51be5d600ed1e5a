import type { Permission } from './define-permissions.ts'
import type { SettingsCatalog } from './define-settings.ts'
import type { ModuleCatalogs } from './module.ts'
import type { AnyModule } from './stack-types.ts'

export type Catalogs = Readonly<Record<string, ModuleCatalogs>>

/** @throws Error when two modules have one name. */
export function moduleCatalogs(core: ModuleCatalogs, modules: readonly AnyModule[]): Catalogs {
  const catalogs: Record<string, ModuleCatalogs> = { core }
  for (const { name, catalogs: own } of modules) {
    if (name in catalogs)
      throw new Error(`Two modules are called "${name}". Remove one from the list of modules.`)
    catalogs[name] = own ?? {}
  }
  return catalogs
}

export const settingsCatalogs = (catalogs: Catalogs): Readonly<Record<string, SettingsCatalog>> =>
  Object.fromEntries(Object.entries(catalogs).map(([name, { settings }]) => [name, settings ?? {}]))

/**
 * Every permission of every module. Keys are local to a catalogue; what names a permission is its scope.
 *
 * @throws Error when two catalogues declare one scope.
 */
export function permissionsOf(catalogs: Catalogs): readonly Permission[] {
  const permissions = Object.values(catalogs).flatMap(({ permissions: own }) => Object.values(own ?? {}))
  const seen = new Set<string>()
  for (const { scope } of permissions) {
    if (seen.has(scope))
      throw new Error(`The scope "${scope}" is declared twice. Give one of the two another name.`)
    seen.add(scope)
  }
  return permissions
}

import type { ModuleCatalogs, Operation } from '@corbel/core'

/** Everything that the reference is derived from. */
export interface Reference {
  /** Catalogues by module; `core` and `host` are among them. */
  readonly catalogs: Readonly<Record<string, ModuleCatalogs>>
  readonly operations: readonly Operation[]
  /** The OpenAPI document as the stack serves it. */
  readonly openApi: unknown
}

/** The entries of one kind of catalogue with the module that declares them, in the order of declaration. */
export function entriesOf<K extends keyof ModuleCatalogs>(
  { catalogs }: Reference,
  kind: K,
): readonly { readonly module: string; readonly entries: NonNullable<ModuleCatalogs[K]> }[] {
  return Object.entries(catalogs).flatMap(([module, own]) => {
    const entries = own[kind]
    return entries === undefined || Object.keys(entries).length === 0 ? [] : [{ module, entries }]
  })
}

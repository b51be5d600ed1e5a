/**
 * Names of secrets where a name has no folders. A name has no two separators in a row, so `--` and `_` cannot stand in it, and back and
 * forth are exact.
 */
export function flatNames(folder: string, slash: '--' | '_') {
  const prefix = `${folder}/`.replaceAll('/', slash)
  return {
    prefix,
    /** `settings/stripe-key` -> `corbel--settings--stripe-key`. */
    flat: (name: string): string => prefix + name.replaceAll('/', slash),
    /** Null for what is not below the folder. */
    name: (flat: string): string | null =>
      flat.startsWith(prefix) ? flat.slice(prefix.length).replaceAll(slash, '/') : null,
  }
}

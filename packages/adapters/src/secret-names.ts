import { isSecretName } from '@corbel/core/ports'

/** Those of the names that begin so, in order; what others keep under names that are none of ours is left out. */
export const secretNamesUnder = (prefix: string, names: readonly string[]): readonly string[] =>
  names.filter((name) => name.startsWith(prefix) && isSecretName(name)).toSorted((a, b) => (a < b ? -1 : 1))

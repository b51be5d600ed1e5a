import { fingerprints } from '../catalog/fingerprint.ts'
import type { EnvEntry } from '../env-file/edit-env.ts'

export interface Change {
  readonly name: string
  readonly change: 'add' | 'replace'
  /** A secret is a fingerprint that is good for this run alone. */
  readonly value: string
}

/** What an edit would change, fit to be shown. */
export function changeSet(
  entries: readonly EnvEntry[],
  current: Readonly<Record<string, string | undefined>>,
  isSecret: (name: string) => boolean,
): readonly Change[] {
  const fingerprint = fingerprints()
  return entries
    .filter(({ name, value }) => current[name] !== value)
    .map(({ name, value }) => ({
      name,
      change: current[name] === undefined ? 'add' : 'replace',
      value: isSecret(name) ? fingerprint(value) : value,
    }))
}

export const diffText = (path: string, changes: readonly Change[]): string =>
  changes.length === 0
    ? `${path}: nothing to change.`
    : [
        path,
        ...changes.map(({ name, change, value }) => `${change === 'add' ? '+' : '~'} ${name}=${value}`),
      ].join('\n')

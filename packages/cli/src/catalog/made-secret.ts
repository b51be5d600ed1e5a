import { randomBytes } from 'node:crypto'
import type { Setting } from '@corbel/core'

/** A new value for a secret whose declaration says how many random bytes to make; null for one that comes from elsewhere. */
export function madeSecret({ secret, fix = '' }: Setting): string | null {
  const [, bytes] = /openssl rand -base64 (\d+)/.exec(fix) ?? []
  return secret === true && bytes !== undefined ? randomBytes(Number(bytes)).toString('base64url') : null
}

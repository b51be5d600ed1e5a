import { createHmac, randomBytes } from 'node:crypto'

/**
 * A function that tells equal secrets from different ones and says nothing else about them. Its key is forgotten with it: a plain digest
 * could be looked up for a value that somebody guesses.
 */
export function fingerprints(): (value: string) => string {
  const key = randomBytes(32)
  return (value) => `secret:${createHmac('sha256', key).update(value).digest('hex').slice(0, 8)}`
}

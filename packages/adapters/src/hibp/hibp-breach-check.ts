import type { BreachCheck } from '@corbel/auth/ports'
import type { Fetcher } from '@corbel/core/ports'

export interface HibpBreachCheckOptions {
  readonly fetcher: Fetcher
  /** Occurrences from which a password counts as breached. @default 1 */
  readonly threshold?: number
  /** Milliseconds after which the check has failed. @default 2000 */
  readonly timeoutMs?: number
  /** @default 'https://api.pwnedpasswords.com' */
  readonly baseUrl?: string
}

/**
 * Asks Pwned Passwords of Have I Been Pwned by k-anonymity: only the first 20 bits of the password's SHA-1 leave the process, and
 * the answer is padded so that its length tells nothing.
 */
export function hibpBreachCheck({
  fetcher,
  threshold = 1,
  timeoutMs = 2000,
  baseUrl = 'https://api.pwnedpasswords.com',
}: HibpBreachCheckOptions): BreachCheck {
  return {
    async isBreached(password) {
      const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(password))
      const hash = Buffer.from(digest).toString('hex').toUpperCase()
      const url = `${baseUrl}/range/${hash.slice(0, 5)}`
      const { status, body } = await fetcher.fetch(url, { timeoutMs, headers: { 'add-padding': 'true' } })
      if (status !== 200) throw new Error(`Have I Been Pwned answered ${status}.`)
      const lines = new TextDecoder().decode(body).split(/\r?\n/)
      const found = lines.find((line) => line.startsWith(`${hash.slice(5)}:`))
      // Padding has the count 0.
      return found !== undefined && Number(found.slice(36)) >= threshold
    },
  }
}

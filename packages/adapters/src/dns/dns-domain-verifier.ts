import { Resolver } from 'node:dns/promises'
import type { DomainVerifier } from '@corbel/auth/ports'

export interface DnsDomainVerifierOptions {
  /** Name servers to ask, such as `9.9.9.9` or `127.0.0.1:5353`. @default those of the operating system */
  readonly servers?: readonly string[]
  /** Milliseconds for one question to one server. @default 2000 */
  readonly timeoutMs?: number
}

/** Reads TXT records over DNS, past the caches of this process and of the hosts file. */
export function dnsDomainVerifier({
  servers,
  timeoutMs = 2000,
}: DnsDomainVerifierOptions = {}): DomainVerifier {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 })
  if (servers) resolver.setServers(servers)
  return {
    async listTexts(name) {
      try {
        // A text longer than 255 bytes comes in pieces (RFC 1035 §3.3.14).
        return (await resolver.resolveTxt(name)).map((pieces) => pieces.join(''))
      } catch (error) {
        if (isAbsent(error)) return []
        throw error
      }
    },
  }
}

const isAbsent = (error: unknown): boolean => {
  const { code } = error as { readonly code?: unknown }
  return code === 'ENOTFOUND' || code === 'ENODATA'
}

import type { ExportedJWKSCache, ServerMetadata } from 'openid-client'

/** What is known of an issuer. */
export interface KnownIssuer {
  readonly metadata: ServerMetadata
  /** The keys of the issuer as they were last read. */
  keys?: ExportedJWKSCache
}

const mostIssuers = 500
const lifetime = 600_000

/** Discovery documents, each kept for ten minutes, the last 500 of them. */
export class IssuerCache {
  readonly #known = new Map<string, { readonly issuer: KnownIssuer; readonly until: number }>()

  get(issuer: string): KnownIssuer | undefined {
    const found = this.#known.get(issuer)
    if (found && found.until > performance.now()) return found.issuer
    this.#known.delete(issuer)
    return undefined
  }

  set(issuer: string, known: KnownIssuer): KnownIssuer {
    const [oldest] = this.#known.keys()
    if (this.#known.size >= mostIssuers && oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(issuer, { issuer: known, until: performance.now() + lifetime })
    return known
  }
}

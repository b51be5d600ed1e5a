import type { Fetcher } from './fetcher.ts'

/** Answers a request as the other side would. */
export type FetcherPeer = (request: Request) => Promise<Response>

export interface FetcherHarness {
  readonly fetcher: Fetcher
  /** Two origins that the fetcher may reach; both lead to what `serve` was given last. */
  readonly origin: string
  readonly other: string
  /** The address that the names in `origin` and `other` resolve to, until told otherwise. */
  readonly address: string
  /** An origin where nobody listens. */
  readonly closed: string
  serve(peer: FetcherPeer): void
  /** What the name resolves to: one answer after the other, and the last one from then on. */
  resolve(name: string, ...answers: readonly (readonly string[])[]): void
}

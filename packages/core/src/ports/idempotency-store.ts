/** An answer kept for a repeated request. */
export interface StoredResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface IdempotencyRequest {
  /** Caller and endpoint: the same key of another caller is another key. */
  readonly scope: string
  readonly key: string
  /** Digest of the request, so that a key used for something else is noticed. */
  readonly fingerprint: string
  /** After this time a request that never finished may be taken up again, by one caller. */
  readonly leaseMs: number
  /** How long the key and its answer are kept, from `begin`. */
  readonly keepMs: number
}

export type IdempotencyState =
  | { readonly state: 'started' }
  | { readonly state: 'running' }
  | { readonly state: 'mismatch' }
  | { readonly state: 'done'; readonly response: StoredResponse }

/** Remembers writes by `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07). */
export interface IdempotencyStore {
  /**
   * Claims a key. Of concurrent callers with one key, one gets `started` and the others `running`; `mismatch` when the key
   * belongs to a request with another fingerprint; `done` with the kept answer afterwards. An expired key is a new key.
   */
  begin(request: IdempotencyRequest): Promise<IdempotencyState>
  /** Keeps the answer of a started request, from then on unchanged. */
  complete(scope: string, key: string, response: StoredResponse): Promise<void>
  /** Frees the key of a started request that failed without effect; a kept answer stays. */
  release(scope: string, key: string): Promise<void>
  /** Forgets expired keys; returns how many. */
  purge(): Promise<number>
}

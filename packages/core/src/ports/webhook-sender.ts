import type { Clock } from '../kernel/clock.ts'
import { DomainError } from '../kernel/errors.ts'
import { DeliveryErrors } from './delivery-store.ts'
import type { Fetcher, FetcherResponse } from './fetcher.ts'
import type { KeyVault } from './key-vault.ts'
import { printSecret, signatureHeaders } from './webhook-signature.ts'

export interface WebhookSenderDeps {
  readonly fetcher: Fetcher
  readonly keyVault: KeyVault
  readonly clock: Clock
}

/** A secret as it is kept: sealed by the key vault. */
export interface StoredSecret {
  readonly sealed: string
  /** From when on it does not sign any more; null for the present one. */
  readonly expiresAt: Date | null
}

/** Where to send, and what to sign with. */
export interface WebhookTarget {
  readonly url: string
  /** Without one it is sent unsigned. */
  readonly secrets: readonly StoredSecret[]
  /** What the secrets are sealed for. */
  readonly context: string
}

const secretBytes = 32
// What is answered is not needed beyond its status.
const mostAnswerBytes = 64 * 1024
const timeoutMs = 10_000

/** Signs and sends, to public addresses only and without following redirects. */
export class WebhookSender {
  readonly #deps: WebhookSenderDeps

  constructor(deps: WebhookSenderDeps) {
    this.#deps = deps
  }

  /** A new secret: sealed to be kept, and printed to be shown once. */
  async newSecret(context: string): Promise<{ readonly stored: StoredSecret; readonly shown: string }> {
    const secret = crypto.getRandomValues(new Uint8Array(secretBytes))
    const sealed = await this.#deps.keyVault.seal(secret, context)
    return { stored: { sealed, expiresAt: null }, shown: printSecret(secret) }
  }

  async send(
    { url, secrets: all, context }: WebhookTarget,
    id: string,
    content: object,
    signal?: AbortSignal,
  ): Promise<FetcherResponse> {
    const { fetcher, keyVault, clock } = this.#deps
    const sentAt = clock.now()
    const valid = all.filter(({ expiresAt }) => expiresAt === null || expiresAt > sentAt)
    const secrets = await Promise.all(valid.map(({ sealed }) => keyVault.open(sealed, context)))
    const body = JSON.stringify(content)
    return fetcher.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Corbel-Webhooks/1',
        ...(await signatureHeaders({ id, sentAt, body }, secrets)),
      },
      body,
      timeoutMs,
      maxBytes: mostAnswerBytes,
      maxRedirects: 0,
      ...(signal && { signal }),
    })
  }

  /**
   * Sends, and tells what to do about the answer.
   *
   * @returns Its status: one of success, or 410, after which nothing more is to be sent.
   * @throws `delivery/unavailable` when it is worth another attempt: what an address leads to may be another thing in an hour.
   */
  async deliver(target: WebhookTarget, id: string, content: object, signal?: AbortSignal): Promise<number> {
    const { status, headers } = await this.send(target, id, content, signal).catch((error: unknown) => {
      throw error instanceof DomainError
        ? DeliveryErrors.unavailable({ detail: error.code }, { cause: error })
        : error
    })
    if ((status >= 200 && status <= 299) || status === 410) return status
    const retryAfter = secondsOf(headers['retry-after'])
    throw DeliveryErrors.unavailable({
      detail: `HTTP ${status}`,
      ...(retryAfter !== null && { retryAfter }),
    })
  }

  /**
   * Asks the address to answer with the challenge that it is sent: whoever does not run it cannot have things sent there.
   *
   * @returns What is wrong with its answer; null when it is right.
   * @throws what the fetcher throws.
   */
  async challenge(target: WebhookTarget): Promise<string | null> {
    const challenge = crypto.randomUUID()
    const timestamp = this.#deps.clock.now().toISOString()
    const content = { type: 'webhook.challenge', timestamp, data: { challenge } }
    const { status, body } = await this.send(target, `challenge_${challenge}`, content)
    if (status < 200 || status > 299) return `It answered ${status}.`
    return answeredChallenge(body) === challenge ? null : 'Its answer does not hold the challenge.'
  }
}

/** RFC 9110 §10.2.3, the form with seconds; a date is not worth a clock that differs. */
const secondsOf = (header: string | undefined): number | null =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : null

function answeredChallenge(body: Uint8Array): unknown {
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof answer === 'object' && answer !== null && 'challenge' in answer ? answer.challenge : null
  } catch {
    return null
  }
}

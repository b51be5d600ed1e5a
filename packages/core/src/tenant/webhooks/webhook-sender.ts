import type { Clock } from '../../kernel/clock.ts'
import type { Fetcher, FetcherResponse } from '../../ports/fetcher.ts'
import type { KeyVault } from '../../ports/key-vault.ts'
import type { StoredSecret, StoredWebhook } from '../ports/webhook-repository.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { printSecret, signatureHeaders } from './webhook-signature.ts'

export interface WebhookSenderDeps {
  readonly fetcher: Fetcher
  readonly keyVault: KeyVault
  readonly clock: Clock
}

type Target = Pick<StoredWebhook, 'id' | 'tenantId' | 'url' | 'secrets'>

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
  async newSecret(
    owner: Pick<Target, 'id' | 'tenantId'>,
  ): Promise<{ readonly stored: StoredSecret; readonly shown: string }> {
    const secret = crypto.getRandomValues(new Uint8Array(secretBytes))
    const sealed = await this.#deps.keyVault.seal(secret, contextOf(owner))
    return { stored: { sealed, expiresAt: null }, shown: printSecret(secret) }
  }

  async send(webhook: Target, id: string, content: object, signal?: AbortSignal): Promise<FetcherResponse> {
    const { fetcher, keyVault, clock } = this.#deps
    const sentAt = clock.now()
    const valid = webhook.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > sentAt)
    const secrets = await Promise.all(valid.map(({ sealed }) => keyVault.open(sealed, contextOf(webhook))))
    const body = JSON.stringify(content)
    return fetcher.fetch(webhook.url, {
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
   * Asks the address to answer with the challenge that it is sent: whoever does not run it cannot have things sent there.
   *
   * @throws `tenant/webhook-challenge-failed`, and what the fetcher throws.
   */
  async challenge(webhook: Target): Promise<void> {
    const challenge = crypto.randomUUID()
    const timestamp = this.#deps.clock.now().toISOString()
    const content = { type: 'webhook.challenge', timestamp, data: { challenge } }
    const { status, body } = await this.send(webhook, `challenge_${challenge}`, content)
    if (status < 200 || status > 299)
      throw TenantErrors.webhookChallengeFailed({ detail: `It answered ${status}.` })
    if (answeredChallenge(body) !== challenge)
      throw TenantErrors.webhookChallengeFailed({ detail: 'Its answer does not hold the challenge.' })
  }
}

const contextOf = ({ tenantId, id }: Pick<Target, 'id' | 'tenantId'>): string => `${tenantId}|webhook|${id}`

function answeredChallenge(body: Uint8Array): unknown {
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof answer === 'object' && answer !== null && 'challenge' in answer ? answer.challenge : null
  } catch {
    return null
  }
}

import type { Clock, Secret, Transaction } from '@corbel/core'
import type { Counter, JobRecorder } from '@corbel/core/ports'
import { BillingErrors } from '../billing-errors.ts'
import { BillingJobs } from '../billing-jobs.ts'
import type { GatewayEvent } from '../gateway/gateway-events.ts'
import type { InboxDraft, InboxRepository } from '../ports/inbox-repository.ts'
import type { PaymentGateway } from '../ports/payment-gateway.ts'
import type { InsertBatch } from './insert-batch.ts'

export interface IntakeServiceDeps {
  /** Null while billing is switched off. */
  readonly gateway: Pick<PaymentGateway, 'verify' | 'livemode'> | null
  readonly webhookSecrets: readonly Secret[]
  /** The account whose events are taken; null for the one that the secrets belong to. */
  readonly account: string | null
  readonly insertBatch: InsertBatch<InboxDraft, boolean>
  readonly received: Counter
  readonly clock: Clock
  readonly transaction: Transaction<{ readonly inbox: InboxRepository; readonly jobs: JobRecorder }>
}

/** Takes what the payment gateway tells, and does nothing about it: whatever it acknowledges is stored. */
export class IntakeService {
  readonly #deps: IntakeServiceDeps

  constructor(deps: IntakeServiceDeps) {
    this.#deps = deps
  }

  /**
   * Resolves once the event is stored, now or before.
   *
   * @throws `billing/not-configured`, `billing/other-mode`, `billing/other-account`, and what {@link PaymentGateway.verify} throws:
   *   nothing was stored then.
   */
  async receive(
    body: Uint8Array,
    signature: string | null,
  ): Promise<{ readonly success: true; readonly duplicate: boolean }> {
    const { gateway, webhookSecrets: secrets, account, clock, insertBatch, received } = this.#deps
    if (gateway === null || secrets.length === 0) throw BillingErrors.notConfigured()
    const now = clock.now()
    const bytes = body as Uint8Array<ArrayBuffer>
    const { event, secretNo } = await gateway.verify({ body: bytes, signature, secrets, now })
    if (event.livemode !== gateway.livemode) throw BillingErrors.otherMode()
    if (!isOfAccount(event, account)) throw BillingErrors.otherAccount()
    const draft = toInboxDraft(event, { secretIndex: secretNo, receivedAt: now })
    const isNew = await insertBatch.add(draft, (drafts) => this.store(drafts))
    received.add({ outcome: isNew ? 'stored' : 'duplicate' })
    return { success: true, duplicate: !isNew }
  }

  /** Stores events and has them applied; tells of each whether it was new. */
  store(drafts: readonly InboxDraft[]): Promise<readonly boolean[]> {
    return this.#deps.transaction(async ({ inbox, jobs }) => {
      const stored = await inbox.insert(drafts)
      // One that waits takes everything that is due: further ones would find nothing.
      if (stored.includes(true))
        await jobs.enqueue(BillingJobs.dispatch.of(null, {}, { singletonKey: 'dispatch' }))
      return stored
    })
  }
}

/** Events that name no account are of our own. */
export const ownAccount = 'self'

export const isOfAccount = (event: Pick<GatewayEvent, 'account'>, ours: string | null): boolean =>
  event.account === null || event.account === ours

export const toInboxDraft = (
  { id, kind, type, apiVersion, createdAt, object, twinId, payload }: GatewayEvent,
  { secretIndex, receivedAt }: Pick<InboxDraft, 'secretIndex' | 'receivedAt'>,
): InboxDraft => ({
  account: ownAccount,
  id,
  kind,
  type,
  apiVersion,
  twinId,
  payload,
  secretIndex,
  receivedAt,
  objectType: object?.type ?? null,
  objectId: object?.id ?? null,
  occurredAt: new Date(createdAt),
})

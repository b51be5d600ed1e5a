import { type Clock, type Id } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import * as z from 'zod'
import { BillingErrors } from '../billing-errors.ts'

const Shown = z.object({ prorationAt: z.iso.datetime(), shownAt: z.number() })
const validMs = 3_600_000

/** As of when a preview was computed, sealed: whoever could choose that moment could choose what a change costs. */
export class PreviewTokens {
  readonly #keyVault: KeyVault
  readonly #clock: Clock

  constructor({ keyVault, clock }: { readonly keyVault: KeyVault; readonly clock: Clock }) {
    this.#keyVault = keyVault
    this.#clock = clock
  }

  issue(tenantId: Id<'ten'>, prorationAt: string): Promise<string> {
    const text = JSON.stringify({ prorationAt, shownAt: Number(this.#clock.now()) })
    return this.#keyVault.seal(new TextEncoder().encode(text), contextOf(tenantId))
  }

  /** @throws `billing/preview-expired` for one that is older than an hour, of another tenant or of somebody's own making. */
  async open(tenantId: Id<'ten'>, token: string): Promise<string> {
    const bytes = await this.#keyVault.open(token, contextOf(tenantId)).catch(() => null)
    if (bytes === null) throw BillingErrors.previewExpired()
    const { prorationAt, shownAt } = Shown.parse(JSON.parse(new TextDecoder().decode(bytes)))
    if (Number(this.#clock.now()) - shownAt > validMs) throw BillingErrors.previewExpired()
    return prorationAt
  }
}

const contextOf = (tenantId: Id<'ten'>): string => `${tenantId}|billing-preview`

import {
  addMilliseconds,
  type Clock,
  type Id,
  milliseconds,
  type PersonalDataContributor,
} from '@corbel/core'
import type { ConversationRepository, KeptConversation } from '../ports/conversation-repository.ts'
import { toConversation } from './conversation-service.ts'

export interface ConversationKeepingDeps {
  readonly conversations: ConversationRepository
  readonly conversationRetentionDays: number
  readonly clock: Clock
}

// What one statement locks and one answer holds.
const batch = 100

/** How long conversations are kept, and what a person may ask of them. */
export class ConversationKeeping implements PersonalDataContributor {
  readonly #deps: ConversationKeepingDeps

  constructor(deps: ConversationKeepingDeps) {
    this.#deps = deps
  }

  /** Removes what is older than it is to be kept; returns how many. */
  async purge(): Promise<number> {
    const { conversations, conversationRetentionDays: days, clock } = this.#deps
    if (days === 0) return 0
    const since = addMilliseconds(clock.now(), -milliseconds(`${days}d`))
    let purged = 0
    for (;;) {
      const removed = await conversations.purge(since, batch)
      purged += removed
      if (removed < batch) return purged
    }
  }

  /** The conversations of a person, and what agents remember of each; what was said is downloaded from each `export`. */
  async export(userId: Id<'usr'>): Promise<{ readonly conversations: readonly unknown[] } | null> {
    const all = []
    let after: string | null = null
    for (;;) {
      const rows: readonly KeptConversation[] = await this.#deps.conversations.listOfUser(userId, {
        limit: batch,
        after,
      })
      const data = rows.slice(0, batch)
      for (const { summary, ...record } of data)
        all.push({
          ...toConversation(record),
          summary,
          tenantId: record.tenantId,
          export: `/api/v1/conversations/${record.id}/export`,
        })
      after = data.at(-1)?.id ?? null
      if (rows.length <= batch) return all.length === 0 ? null : { conversations: all }
    }
  }

  async erase(userId: Id<'usr'>): Promise<void> {
    await this.#deps.conversations.removeOfUser(userId)
  }
}

import {
  type Clock,
  hostOrigin,
  newId,
  type Origin,
  type Page,
  PageErrors,
  type PageQuery,
  toPage,
  toPageRequest,
  type Transaction,
} from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import type { ConversationId, ConversationItem, ConversationItemId } from '../ports/conversation-items.ts'
import {
  type ConversationRecord,
  type ConversationRepository,
  type ItemFilter,
  parseRecencyKey,
  recencyKey,
} from '../ports/conversation-repository.ts'
import type {
  Conversation,
  ConversationChange,
  ConversationQuery,
  ConversationReader,
  NewConversationInput,
} from './conversation.ts'
import { ConversationErrors } from './conversation-errors.ts'
import { ConversationEvents } from './conversation-events.ts'
import { type ConversationEvent, type Message, toEvent, toMessage } from './message.ts'

export interface ConversationServiceDeps {
  readonly conversations: ConversationRepository
  readonly clock: Clock
  readonly transaction: Transaction<{
    readonly conversations: ConversationRepository
    readonly events: EventRecorder
  }>
}

type ItemQuery = PageQuery & Pick<ItemFilter, 'direction'>

/** Conversations as people see them: their own, and those shared with their tenant. */
export class ConversationService {
  readonly #deps: ConversationServiceDeps

  constructor(deps: ConversationServiceDeps) {
    this.#deps = deps
  }

  /** @throws `page/invalid-cursor` */
  async list(
    { tenantId, userId }: ConversationReader,
    { of, ...query }: ConversationQuery,
  ): Promise<Page<Conversation>> {
    const request = toPageRequest(query)
    if (request.after !== null && parseRecencyKey(request.after) === null) throw PageErrors.invalidCursor()
    const rows = await this.#deps.conversations.list({ tenantId, userId }, { of }, request)
    const { data, nextCursor } = toPage(rows, request.limit, recencyKey)
    return { data: data.map(toConversation), nextCursor }
  }

  async create(
    { tenantId, userId }: ConversationReader,
    input: NewConversationInput,
    origin: Origin = hostOrigin,
  ): Promise<Conversation> {
    const { clock, transaction } = this.#deps
    const createdAt = clock.now()
    const record: ConversationRecord = {
      tenantId,
      userId,
      id: newId('cnv', clock),
      ...input,
      createdAt,
      updatedAt: createdAt,
    }
    await transaction(async ({ conversations, events }) => {
      await conversations.insert(record)
      if (record.shared)
        await events.record(
          ConversationEvents.conversationShared(tenantId, { conversationId: record.id }, origin),
        )
    })
    return toConversation(record)
  }

  /** @throws `conversations/not-found` */
  async get({ tenantId, userId }: ConversationReader, id: ConversationId): Promise<Conversation> {
    const record = await this.#deps.conversations.find({ tenantId, userId }, id)
    if (!record) throw ConversationErrors.notFound()
    return toConversation(record)
  }

  /** @throws `conversations/not-found`, `conversations/not-yours` */
  async update(
    { tenantId, userId }: ConversationReader,
    id: ConversationId,
    change: ConversationChange,
    origin: Origin = hostOrigin,
  ): Promise<Conversation> {
    const owner = { tenantId, userId }
    const record = await this.#deps.transaction(async ({ conversations, events }) => {
      const updated = await conversations.update(owner, id, change)
      if (updated && change.shared !== undefined) {
        const event = change.shared
          ? ConversationEvents.conversationShared
          : ConversationEvents.conversationUnshared
        await events.record(event(tenantId, { conversationId: id }, origin))
      }
      return updated
    })
    if (!record) throw await this.#refusal(owner, id)
    return toConversation(record)
  }

  /** @throws `conversations/not-found`, `conversations/not-yours` */
  async remove(
    { tenantId, userId }: ConversationReader,
    id: ConversationId,
    origin: Origin = hostOrigin,
  ): Promise<void> {
    const owner = { tenantId, userId }
    const isRemoved = await this.#deps.transaction(async ({ conversations, events }) => {
      if (!(await conversations.remove(owner, id))) return false
      await events.record(ConversationEvents.conversationDeleted(tenantId, { conversationId: id }, origin))
      return true
    })
    if (!isRemoved) throw await this.#refusal(owner, id)
  }

  /** @throws `conversations/not-found`, `page/invalid-cursor` */
  async listMessages(
    reader: ConversationReader,
    id: ConversationId,
    query: ItemQuery,
  ): Promise<Page<Message>> {
    const { data, nextCursor } = await this.#listItems(reader, id, 'messages', query)
    return { data: data.flatMap((item) => toMessage(item) ?? []), nextCursor }
  }

  /** @throws `conversations/not-found`, `page/invalid-cursor` */
  async listEvents(
    reader: ConversationReader,
    id: ConversationId,
    query: ItemQuery,
  ): Promise<Page<ConversationEvent>> {
    const { data, nextCursor } = await this.#listItems(reader, id, 'all', query)
    return { data: data.map(toEvent), nextCursor }
  }

  /**
   * Takes back something the owner said and what came after it.
   *
   * @throws `conversations/not-found`, `conversations/not-yours`, `conversations/message-not-found`
   */
  async truncate(
    { tenantId, userId }: ConversationReader,
    id: ConversationId,
    from: ConversationItemId,
  ): Promise<void> {
    const owner = { tenantId, userId }
    const removed = await this.#deps.conversations.truncate(owner, id, from)
    if (removed !== null) return
    const record = await this.#deps.conversations.find(owner, id)
    if (record?.userId === userId) throw ConversationErrors.messageNotFound()
    throw record ? ConversationErrors.notYours() : ConversationErrors.notFound()
  }

  async #listItems(
    { tenantId, userId }: ConversationReader,
    id: ConversationId,
    kind: ItemFilter['kind'],
    { direction, ...query }: ItemQuery,
  ): Promise<Page<ConversationItem>> {
    const { limit, after } = toPageRequest(query)
    const seq = after === null ? null : Number(after)
    if (seq !== null && !(Number.isSafeInteger(seq) && seq >= 0)) throw PageErrors.invalidCursor()
    const rows = await this.#deps.conversations.listItems(
      { tenantId, userId },
      id,
      { kind, direction },
      { limit, after: seq },
    )
    if (!rows) throw ConversationErrors.notFound()
    return toPage(rows, limit, (item) => `${item.seq}`)
  }

  async #refusal(reader: ConversationReader, id: ConversationId): Promise<Error> {
    const isShared = (await this.#deps.conversations.find(reader, id)) !== null
    return isShared ? ConversationErrors.notYours() : ConversationErrors.notFound()
  }
}

export const toConversation = ({
  tenantId: _,
  createdAt,
  updatedAt,
  ...record
}: ConversationRecord): Conversation => ({
  ...record,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
})

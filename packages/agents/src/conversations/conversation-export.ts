import type { Content } from '@corbel/core'
import type { Attachment } from '../files/attachment.ts'
import type { ConversationId, ConversationItem } from '../ports/conversation-items.ts'
import type {
  ConversationRecord,
  ConversationRepository,
  ItemFilter,
} from '../ports/conversation-repository.ts'
import type { ConversationReader } from './conversation.ts'
import { ConversationErrors } from './conversation-errors.ts'
import { toConversation } from './conversation-service.ts'
import { toEvent, toMessage } from './message.ts'

export type ExportFormat = 'ndjson' | 'markdown'

// What is in memory at once, whatever the length of the conversation.
const exportPage = 100

/** Whole conversations, read while they are sent. */
export class ConversationExport {
  readonly #conversations: ConversationRepository

  constructor({ conversations }: { readonly conversations: ConversationRepository }) {
    this.#conversations = conversations
  }

  /** @throws `conversations/not-found` */
  async open(
    { tenantId, userId }: ConversationReader,
    id: ConversationId,
    format: ExportFormat,
  ): Promise<Content> {
    const reader = { tenantId, userId }
    const record = await this.#conversations.find(reader, id)
    if (!record) throw ConversationErrors.notFound()
    const isMarkdown = format === 'markdown'
    const chunks = isMarkdown ? this.#markdown(reader, record) : this.#lines(reader, record)
    return {
      body: streamOf(chunks),
      contentType: isMarkdown ? 'text/markdown; charset=utf-8' : 'application/x-ndjson',
      fileName: `${id}.${isMarkdown ? 'md' : 'ndjson'}`,
    }
  }

  async *#lines(reader: ConversationReader, record: ConversationRecord): AsyncGenerator<string, void> {
    yield `${JSON.stringify({ type: 'conversation', conversation: toConversation(record) })}\n`
    for await (const items of this.#pages(reader, record.id, 'all'))
      yield items.map((item) => `${JSON.stringify({ type: 'event', event: toEvent(item) })}\n`).join('')
  }

  async *#markdown(reader: ConversationReader, record: ConversationRecord): AsyncGenerator<string, void> {
    yield `# ${(record.title ?? 'Conversation').replaceAll(/\s+/g, ' ')}\n`
    for await (const items of this.#pages(reader, record.id, 'messages')) {
      const messages = items.flatMap((item) => toMessage(item) ?? [])
      yield messages
        .map(
          ({ role, text, attachments, createdAt }) =>
            `\n## ${role === 'user' ? 'User' : 'Assistant'}, ${createdAt}\n\n${text}\n${attachments.map(fileLine).join('')}`,
        )
        .join('')
    }
  }

  async *#pages(
    reader: ConversationReader,
    id: ConversationId,
    kind: ItemFilter['kind'],
  ): AsyncGenerator<readonly ConversationItem[], void> {
    let after: number | null = null
    for (;;) {
      const page: { readonly limit: number; readonly after: number | null } = { limit: exportPage, after }
      // Gone, or not shared any more, while it was sent: what follows is not theirs to see.
      const rows = (await this.#conversations.listItems(reader, id, { kind, direction: 'asc' }, page)) ?? []
      const items = rows.slice(0, exportPage)
      if (items.length > 0) yield items
      after = items.at(-1)?.seq ?? null
      if (rows.length <= exportPage) return
    }
  }
}

const fileLine = ({ fileId, name }: Attachment): string => `\n- Attached: ${name} (${fileId})\n`

/** Reads on only as fast as the receiver takes, and stops when it leaves. */
function streamOf(chunks: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await chunks.return()
    },
  })
}

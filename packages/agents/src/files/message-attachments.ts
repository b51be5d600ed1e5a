import type { Origin } from '@corbel/core'
import type { ConversationReader } from '../conversations/conversation.ts'
import type { ConversationId } from '../ports/conversation-items.ts'
import type { FileId, FileRepository } from '../ports/file-repository.ts'
import {
  type Attachment,
  type AttachmentSource,
  mostAttachedBytes,
  mostAttachments,
  mostTextBytes,
} from './attachment.ts'
import { type InlineFile, parseSource } from './attachment-source.ts'
import { FileErrors } from './file-errors.ts'
import type { FileService } from './file-service.ts'
import { isTextType, type ShownType } from './file-type.ts'

export interface MessageAttachmentsDeps {
  readonly files: FileRepository
  readonly fileService: FileService
}

export interface AttachedFiles {
  readonly attachments: readonly Attachment[]
  /** Those of them that came inside the message. */
  readonly stored: readonly FileId[]
}

const none: AttachedFiles = { attachments: [], stored: [] }

/** Files that go with messages: those that are there, and those that a message brings along. */
export class MessageAttachments {
  readonly #deps: MessageAttachmentsDeps

  constructor(deps: MessageAttachmentsDeps) {
    this.#deps = deps
  }

  /**
   * Finds the files that a message names, and stores those that it brings, as files of the conversation. Nothing is stored unless all
   * can go with the message.
   *
   * @param takes - What the models that will answer can be shown; asked only for files that are not text.
   * @throws `files/not-found`, `files/too-many`, `files/too-large`, `files/address-refused`, `files/not-taken`, and what
   * {@link FileService.upload} throws.
   */
  async resolve(
    reader: ConversationReader,
    conversationId: ConversationId | null,
    sources: readonly AttachmentSource[],
    takes: () => Promise<ReadonlySet<ShownType>>,
    origin?: Origin,
  ): Promise<AttachedFiles> {
    if (sources.length === 0) return none
    if (sources.length > mostAttachments) throw FileErrors.tooMany()
    const parsed = sources.map(parseSource)
    const named = await this.#find(reader, new Set(parsed.filter((each) => typeof each === 'string')))
    const brought = parsed.filter((each) => typeof each !== 'string')
    const planned = [...named.values(), ...brought.map((inline) => this.#plan(inline))]
    checkSizes(planned)
    await checkTypes(planned, takes)
    const stored: FileId[] = []
    const attachments: Attachment[] = []
    try {
      for (const each of parsed) {
        if (typeof each === 'string') {
          const found = named.get(each)
          if (found) attachments.push(found)
          continue
        }
        const { id, name, contentType, size } = await this.#deps.fileService.upload(
          reader,
          { name: each.name, contentType: each.contentType, conversationId },
          each.bytes,
          origin,
        )
        stored.push(id)
        attachments.push({ fileId: id, name, contentType, size })
      }
    } catch (error) {
      await this.discard(reader, stored)
      throw error
    }
    return { attachments, stored }
  }

  /** What a message brought that was not taken. */
  async discard(reader: ConversationReader, stored: readonly FileId[]): Promise<void> {
    for (const id of stored) await this.#deps.fileService.remove(reader, id).catch(() => {})
  }

  #plan({ name, contentType, bytes }: InlineFile): Omit<Attachment, 'fileId'> {
    return { name, contentType: this.#deps.fileService.check(bytes, contentType), size: bytes.byteLength }
  }

  async #find(reader: ConversationReader, ids: ReadonlySet<FileId>): Promise<Map<FileId, Attachment>> {
    const rows = ids.size === 0 ? [] : await this.#deps.files.findAll(reader, [...ids])
    if (rows.length < ids.size) throw FileErrors.notFound()
    return new Map(
      rows.map(({ id, name, contentType, size }) => [id, { fileId: id, name, contentType, size }]),
    )
  }
}

type Planned = Omit<Attachment, 'fileId'>

function checkSizes(files: readonly Planned[]): void {
  if (files.reduce((sum, { size }) => sum + size, 0) > mostAttachedBytes)
    throw FileErrors.tooLarge({
      detail: `The files of a message may have at most ${mostAttachedBytes} bytes together.`,
    })
  const long = files.find(({ contentType, size }) => isTextType(contentType) && size > mostTextBytes)
  if (long)
    throw FileErrors.tooLarge({
      detail: `"${long.name}": a file of text that goes with a message may have at most ${mostTextBytes} bytes.`,
    })
}

async function checkTypes(
  files: readonly Planned[],
  takes: () => Promise<ReadonlySet<ShownType>>,
): Promise<void> {
  const shown = files.flatMap(({ contentType }) => (isTextType(contentType) ? [] : [contentType]))
  if (shown.length === 0) return
  const taken = await takes()
  const refused = shown.find((type) => !taken.has(type))
  if (refused) throw FileErrors.notTaken({ detail: `The model of the agent takes no ${refused}.` })
}

import {
  addMilliseconds,
  type Clock,
  type Content,
  hostOrigin,
  type Id,
  newId,
  type Origin,
  type Page,
  type PageQuery,
  toPage,
  toPageRequest,
  type Transaction,
} from '@corbel/core'
import type { EventRecorder, KeyVault, Logger, ObjectStore } from '@corbel/core/ports'
import type { ConversationReader } from '../conversations/conversation.ts'
import type { ConversationId, ConversationItems } from '../ports/conversation-items.ts'
import { ConversationErrors } from '../conversations/conversation-errors.ts'
import type { FileRepository, StoredFile } from '../ports/file-repository.ts'
import type { File } from './file.ts'
import { FileErrors } from './file-errors.ts'
import { type FileLink, openClaim, sealClaim } from './file-link.ts'
import { FileEvents } from './file-events.ts'
import { objectKeyOf } from './file-keeping.ts'
import { type FileType, fileTypes, isOfType } from './file-type.ts'

export interface FileServiceDeps {
  readonly files: FileRepository
  readonly conversationItems: Pick<ConversationItems, 'isOpenTo'>
  readonly objectStore: ObjectStore
  readonly fileMaxBytes: number
  readonly fileQuotaBytes: number
  readonly keyVault: Pick<KeyVault, 'seal' | 'open'>
  /** Where the host is reached. */
  readonly publicUrl: string
  readonly clock: Clock
  readonly logger: Logger
  readonly transaction: Transaction<{ readonly files: FileRepository; readonly events: EventRecorder }>
}

export interface Upload {
  readonly name: string
  /** As the sender has it: a media type, perhaps with parameters. */
  readonly contentType: string | null
  /** The conversation that it is for, if it is for one: who reads that reads the file. */
  readonly conversationId?: ConversationId | null | undefined
}

type Bytes = Uint8Array<ArrayBuffer>

/**
 * Files of people. A row is there before its bytes are and after they went: whatever breaks off in between, no file lacks its bytes
 * and no bytes lack a row for long.
 */
export class FileService {
  readonly #deps: FileServiceDeps

  constructor(deps: FileServiceDeps) {
    this.#deps = deps
  }

  /**
   * Not to be called inside a transaction.
   *
   * @throws `files/empty`, `files/too-large`, `files/type-mismatch`, `files/quota-exceeded`, `files/interrupted`,
   * `conversations/not-found`
   */
  async upload(
    { tenantId, userId }: ConversationReader,
    { name, contentType: declared, conversationId = null }: Upload,
    bytes: Bytes,
    origin: Origin = hostOrigin,
  ): Promise<File> {
    const { files, conversationItems, objectStore, clock, fileQuotaBytes, transaction } = this.#deps
    const contentType = this.check(bytes, declared)
    if (conversationId !== null && !(await conversationItems.isOpenTo(tenantId, conversationId, userId)))
      throw ConversationErrors.notFound()
    const file: StoredFile = {
      tenantId,
      id: newId('fil', clock),
      userId,
      name,
      contentType,
      size: bytes.byteLength,
      conversationId,
      sha256: await sha256Of(bytes),
      createdAt: clock.now(),
    }
    if (!(await files.reserve(file, fileQuotaBytes))) throw FileErrors.quotaExceeded()
    const key = objectKeyOf(file)
    try {
      await objectStore.put(key, bytes, { contentType, ifNoneMatch: '*' })
      await transaction(async (scope) => {
        if (!(await scope.files.complete(tenantId, file.id))) throw FileErrors.interrupted()
        await scope.events.record(FileEvents.fileUploaded(tenantId, { fileId: file.id, userId }, origin))
      })
    } catch (error) {
      // Whether the commit took place is not known for every error: a file that is complete stays.
      if (await files.abandon(tenantId, file.id)) await this.#forget(key)
      throw error
    }
    return toFile(file)
  }

  /**
   * Whether these bytes can be a file of the type that somebody says it is; returns the type.
   *
   * @throws `files/empty`, `files/too-large`, `files/type-mismatch`
   */
  check(bytes: Bytes, declared: string | null): FileType {
    const { fileMaxBytes } = this.#deps
    if (bytes.byteLength === 0) throw FileErrors.empty()
    if (bytes.byteLength > fileMaxBytes)
      throw FileErrors.tooLarge({ detail: `A file may have at most ${fileMaxBytes} bytes.` })
    const mediaType = declared?.split(';', 1)[0]?.trim().toLowerCase()
    const contentType = fileTypes.find((type) => type === mediaType)
    if (contentType === undefined || !isOfType(bytes, contentType)) throw FileErrors.typeMismatch()
    return contentType
  }

  /** @throws `page/invalid-cursor` */
  async list(reader: ConversationReader, query: PageQuery): Promise<Page<File>> {
    const rows = await this.#deps.files.list(reader, toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map(toFile), nextCursor }
  }

  /** @throws `files/not-found` */
  async get(reader: ConversationReader, id: Id<'fil'>): Promise<File> {
    return toFile(await this.#find(reader, id))
  }

  /** @throws `files/not-found` */
  async content(reader: ConversationReader, id: Id<'fil'>): Promise<Content> {
    const file = await this.#find(reader, id)
    const object = await this.#deps.objectStore.get(objectKeyOf(file))
    if (!object) {
      this.#deps.logger.error('the object of a file is missing', { tenantId: file.tenantId, fileId: id })
      throw FileErrors.notFound()
    }
    return { body: object.body, contentType: file.contentType, fileName: file.name }
  }

  /**
   * An address from which anybody who has it downloads the file, for so many seconds.
   *
   * @throws `files/not-found`
   */
  async link(reader: ConversationReader, id: Id<'fil'>, seconds: number): Promise<FileLink> {
    const { objectStore, keyVault, publicUrl, clock } = this.#deps
    const file = await this.#find(reader, id)
    if (objectStore.signedUrl) {
      const url = await objectStore.signedUrl(objectKeyOf(file), { seconds, fileName: file.name })
      return { url, expiresAt: addMilliseconds(clock.now(), seconds * 1000).toISOString() }
    }
    const { token, expiresAt } = await sealClaim(keyVault, clock, reader, id, seconds)
    const path = `/api/v1/files/${id}/download?token=${encodeURIComponent(token)}`
    return { url: `${publicUrl}${path}`, expiresAt }
  }

  /**
   * What such an address leads to, as long as whoever asked for it may read it.
   *
   * @throws `files/address-expired`, `files/not-found`
   */
  async download(id: Id<'fil'>, token: string): Promise<Content> {
    const claim = await openClaim(this.#deps.keyVault, this.#deps.clock, id, token)
    if (!claim) throw FileErrors.addressExpired()
    return this.content(claim, id)
  }

  /**
   * Not to be called inside a transaction.
   *
   * @throws `files/not-found`
   */
  async remove(reader: ConversationReader, id: Id<'fil'>, origin: Origin = hostOrigin): Promise<void> {
    const { tenantId, userId } = reader
    await this.#deps.transaction(async ({ files, events }) => {
      if (!(await files.remove(reader, id))) throw FileErrors.notFound()
      await events.record(FileEvents.fileDeleted(tenantId, { fileId: id, userId }, origin))
    })
    await this.#forget(objectKeyOf({ tenantId, id }))
  }

  async #find(reader: ConversationReader, id: Id<'fil'>): Promise<StoredFile> {
    const [file] = await this.#deps.files.findAll(reader, [id])
    if (!file) throw FileErrors.notFound()
    return file
  }

  async #forget(key: string): Promise<void> {
    try {
      await this.#deps.objectStore.delete(key)
    } catch (error) {
      this.#deps.logger.warn('an object was not deleted, and is left to the sweep', { key, error })
    }
  }
}

async function sha256Of(bytes: Bytes): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const toFile = ({
  id,
  name,
  contentType,
  size,
  sha256,
  conversationId,
  createdAt,
}: StoredFile): File => ({
  id,
  name,
  contentType,
  size,
  sha256,
  conversationId,
  createdAt: createdAt.toISOString(),
})

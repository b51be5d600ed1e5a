import type { Id, PageRequest } from '@corbel/core'
import type { ConversationReader } from '../conversations/conversation.ts'
import type { FileType } from '../files/file-type.ts'
import type { ConversationId } from './conversation-items.ts'

export type FileId = Id<'fil'>

export interface StoredFile {
  readonly tenantId: Id<'ten'>
  readonly id: FileId
  readonly userId: Id<'usr'>
  readonly name: string
  readonly contentType: FileType
  /** Bytes. */
  readonly size: number
  readonly sha256: string
  /** The conversation that it is of; null when it is its user's alone. */
  readonly conversationId: ConversationId | null
  readonly createdAt: Date
}

/**
 * What is known of files; their bytes are in an object store. A file is reserved before its bytes are written and complete after
 * that. Only its user sees it, in its tenant and when it is complete, and one of a conversation whoever may read that; to anybody else,
 * and when the conversation is gone, it does not exist.
 */
export interface FileRepository {
  /**
   * Notes a file that is to come and counts its bytes for the tenant. Of concurrent calls as many succeed as there is room for.
   *
   * @returns Whether it was noted: not when all files of the tenant, those to come included, would have more than `quota` bytes.
   */
  reserve(file: StoredFile, quota: number): Promise<boolean>
  /** The bytes are written. Whether there is such a file that was not complete: of concurrent calls one is told so. */
  complete(tenantId: Id<'ten'>, id: FileId): Promise<boolean>
  /** Removes a file that is not complete, with the bytes it counted. Whether there was one: of concurrent calls one is told so. */
  abandon(tenantId: Id<'ten'>, id: FileId): Promise<boolean>
  /** Those of the ids that the reader may read, in any order. */
  findAll(reader: ConversationReader, ids: readonly FileId[]): Promise<readonly StoredFile[]>
  /** The user's own, the newest first, one more than `limit`; a page goes on after the id of the last file. */
  list(reader: ConversationReader, page: PageRequest): Promise<readonly StoredFile[]>
  /** One of the user's own, with the bytes it counted. Whether there was one: of concurrent calls one is told so. */
  remove(reader: ConversationReader, id: FileId): Promise<boolean>
  /** All files of a person in every tenant, complete or not, oldest first, one more than `limit`, after one. */
  listOfUser(userId: Id<'usr'>, page: PageRequest): Promise<readonly StoredFile[]>
  /** Removes all files of a person in every tenant, with the bytes they counted, and returns how many. */
  removeOfUser(userId: Id<'usr'>): Promise<number>
  /**
   * Removes at most `limit` files that were reserved before `since` and are not complete, or whose conversation is gone, and returns
   * how many.
   */
  removeForsaken(since: Date, limit: number): Promise<number>
  /** Those of the ids that are ids of files, of any tenant, complete or not. */
  listKnown(ids: readonly FileId[]): Promise<readonly FileId[]>
}

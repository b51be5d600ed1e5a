import {
  addMilliseconds,
  type Clock,
  type Id,
  milliseconds,
  type PersonalDataContributor,
} from '@corbel/core'
import type { ObjectStore } from '@corbel/core/ports'
import type { FileId, FileRepository, StoredFile } from '../ports/file-repository.ts'

export interface FileKeepingDeps {
  readonly files: FileRepository
  readonly objectStore: ObjectStore
  readonly clock: Clock
}

const prefix = 'agents/files/'
const batch = 500
/** An upload that took longer is over. */
const uploadTime = milliseconds('1h')

/** Where the bytes of a file are. */
export const objectKeyOf = ({ tenantId, id }: Pick<StoredFile, 'tenantId' | 'id'>): string =>
  `${prefix}${tenantId}/${id}`

const idOf = (key: string): FileId => key.slice(key.lastIndexOf('/') + 1) as FileId

/** How long files are kept, and what a person may ask of them. */
export class FileKeeping implements PersonalDataContributor {
  readonly #deps: FileKeepingDeps

  constructor(deps: FileKeepingDeps) {
    this.#deps = deps
  }

  /**
   * Gives up uploads that never ended and files of conversations that are gone, and deletes objects that no row names: their file was
   * deleted, or its user or tenant was erased. A row is there before its object, so an object without one has no file to come. Returns how many objects went.
   */
  async sweep(): Promise<number> {
    const { files, objectStore, clock } = this.#deps
    const since = addMilliseconds(clock.now(), -uploadTime)
    while ((await files.removeForsaken(since, batch)) === batch);
    let swept = 0
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<ObjectStore['list']>> = await objectStore.list(prefix, {
        limit: batch,
        after,
      })
      const known = new Set(await files.listKnown(page.data.map(({ key }) => idOf(key))))
      for (const { key } of page.data) {
        if (known.has(idOf(key))) continue
        await objectStore.delete(key)
        swept++
      }
      after = page.next
    } while (after !== null)
    return swept
  }

  /** The files of a person; their bytes are downloaded from each `content`. */
  async export(userId: Id<'usr'>): Promise<{ readonly files: readonly unknown[] } | null> {
    const all = []
    let after: string | null = null
    for (;;) {
      const rows: readonly StoredFile[] = await this.#deps.files.listOfUser(userId, { limit: batch, after })
      for (const { id, tenantId, name, contentType, size, createdAt } of rows.slice(0, batch))
        all.push({
          id,
          tenantId,
          name,
          contentType,
          size,
          createdAt: createdAt.toISOString(),
          content: `/api/v1/files/${id}/content`,
        })
      after = all.at(-1)?.id ?? null
      if (rows.length <= batch) return all.length === 0 ? null : { files: all }
    }
  }

  /** Their objects go with the next sweep: this stands in a transaction. */
  async erase(userId: Id<'usr'>): Promise<void> {
    await this.#deps.files.removeOfUser(userId)
  }
}

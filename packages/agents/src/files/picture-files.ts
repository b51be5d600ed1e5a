import type { Logger } from '@corbel/core/ports'
import type { AgentRunRecord } from '../ports/agent-run-repository.ts'
import type { ItemContent } from '../ports/conversation-items.ts'
import { pictureIn, withImage } from '../tools/hosted-call.ts'
import type { Attachment } from './attachment.ts'
import type { FileService } from './file-service.ts'
import { fileTypes, isOfType } from './file-type.ts'

export interface PictureFilesDeps {
  readonly fileService: FileService
  readonly logger: Logger
}

/** Keeps the pictures that a run makes, as files of its conversation and of whom it works for. */
export class PictureFiles {
  readonly #deps: PictureFilesDeps
  readonly #run: AgentRunRecord

  constructor(deps: PictureFilesDeps, run: AgentRunRecord) {
    this.#deps = deps
    this.#run = run
  }

  /** The items with files in place of bytes. A picture that cannot be kept, for want of room or of sense, is left out. */
  async keep<Item extends ItemContent>(items: readonly Item[]): Promise<Item[]> {
    const kept: Item[] = []
    for (const item of items) {
      const bytes = pictureIn(item)
      kept.push(bytes === null ? item : (withImage(item, await this.#store(bytes)) as Item))
    }
    return kept
  }

  async #store(bytes: Uint8Array<ArrayBuffer>): Promise<Attachment | null> {
    const { conversationId } = this.#run
    const contentType = fileTypes.find((type) => type.startsWith('image/') && isOfType(bytes, type)) ?? null
    try {
      const name = `picture.${contentType?.slice('image/'.length) ?? 'bin'}`
      const upload = { name, contentType, conversationId }
      const { id, size, ...file } = await this.#deps.fileService.upload(this.#run, upload, bytes)
      return { fileId: id, name, contentType: file.contentType, size }
    } catch (error) {
      this.#deps.logger.warn('a picture that an agent made was not kept', { runId: this.#run.id, error })
      return null
    }
  }
}

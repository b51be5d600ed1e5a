import type { FileId } from '../ports/file-repository.ts'
import type { AttachmentSource } from './attachment.ts'
import { fileName } from './file.ts'
import { FileErrors } from './file-errors.ts'

/** A file that a client sends inside its message. */
export interface InlineFile {
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

// Of whatever host: nothing is fetched, the id alone counts.
const ours = /^(?:https?:\/\/[^/?#]*)?\/api\/v1\/files\/(fil_[^/?#]+)(?:\/content)?(?:[?#].*)?$/

/**
 * The id of a file, or the file itself.
 *
 * @throws `files/address-refused` for an address that is neither of a file here nor a `data:` URL: nothing is fetched from elsewhere.
 */
export function parseSource(source: AttachmentSource): FileId | InlineFile {
  if (typeof source === 'string') return source
  const [, id] = ours.exec(source.url) ?? []
  if (id !== undefined) return id as FileId
  const [head = '', ...rest] = source.url.split(',', 2)
  const [, contentType] = /^data:([^;,]{1,100})(?:;[^;,]{1,100})*;base64$/.exec(head) ?? []
  const bytes = rest[0] === undefined ? null : decoded(rest[0])
  if (contentType === undefined || bytes === null) throw FileErrors.addressRefused()
  const { data: name } = fileName.safeParse(source.name)
  return { name: name ?? 'attachment', contentType, bytes }
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

import { idSchema } from '@corbel/core'
import * as z from 'zod'
import type { ItemContent } from '../ports/conversation-items.ts'
import type { FileId } from '../ports/file-repository.ts'
import { File } from './file.ts'
import { isTextType } from './file-type.ts'

/** A file that goes with a message. The message names it; its bytes stay in the object store. */
export const Attachment = z.object({
  fileId: idSchema('fil'),
  name: z.string(),
  contentType: File.shape.contentType,
  /** Bytes. */
  size: z.number().int(),
})
export type Attachment = z.infer<typeof Attachment>

/** How a client names a file: by its id, or as a part of `useChat` with the address of one of ours or its bytes in a `data:` URL. */
export type AttachmentSource = FileId | { readonly url: string; readonly name: string | undefined }

export const mostAttachments = 10
/** Of all files that a model is shown at once: vendors take requests of 20 MB at least, and base64 adds a third. */
export const mostAttachedBytes = 14 * 1024 * 1024
/** A file of text is told as text: a hundred thousand tokens, beyond which models lose track or refuse. */
export const mostTextBytes = 400_000

/** What a user says, with the files that go with it. */
export function userMessage(text: string, attachments: readonly Attachment[]): ItemContent {
  if (attachments.length === 0) return { type: 'message', role: 'user', content: text }
  return {
    type: 'message',
    role: 'user',
    content: [
      ...(text === '' ? [] : [{ type: 'input_text' as const, text }]),
      ...attachments.map(({ fileId, name, contentType, size }) => ({
        type: 'input_file' as const,
        file: { id: fileId },
        filename: name,
        providerData: { contentType, size },
      })),
    ],
  }
}

const Part = z.object({
  type: z.literal('input_file'),
  file: z.object({ id: Attachment.shape.fileId }),
  filename: Attachment.shape.name,
  providerData: Attachment.pick({ contentType: true, size: true }),
})

/** The file that a part of a message stands for; null when it is another part. */
export function attachmentIn(part: unknown): Attachment | null {
  const { data } = Part.safeParse(part)
  return data ? { fileId: data.file.id, name: data.filename, ...data.providerData } : null
}

/** The files that go with a message. */
export function attachmentsOf(content: ItemContent): readonly Attachment[] {
  const parts = 'role' in content && content.role === 'user' ? content.content : []
  return typeof parts === 'string' ? [] : parts.flatMap((part) => attachmentIn(part) ?? [])
}

/** About what a vendor counts: a page of a PDF has about 10 KB, a picture is scaled to what takes 1500 tokens. */
export function attachmentTokens({ contentType, size }: Pick<Attachment, 'contentType' | 'size'>): number {
  if (isTextType(contentType)) return Math.ceil(size / 4)
  return contentType === 'application/pdf' ? Math.max(1500, Math.ceil(size / 12)) : 1500
}

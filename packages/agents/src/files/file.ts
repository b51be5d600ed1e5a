import { idSchema, text } from '@corbel/core'
import * as z from 'zod'
import { fileTypes } from './file-type.ts'

/** Largest upload that the setting allows: it is held in memory once. */
export const uploadLimit = 25 * 1024 * 1024

// Separators of every system, and characters that are not seen or turn the reading direction ("gnp.exe" as "exe.png").
const unfit = /[/\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** A name, never a path: it is shown and offered for saving, and nothing is stored under it. */
export const fileName = text({ max: 200 }).refine(
  (name) => !unfit.test(name) && !/^\.+$/.test(name),
  'must be a name without a path and without characters that are not seen',
)

export const File = z.object({
  id: idSchema('fil'),
  name: z.string(),
  contentType: z.enum(fileTypes),
  /** Bytes. */
  size: z.number().int(),
  /** Of the bytes, in hexadecimal digits. */
  sha256: z.string(),
  conversationId: idSchema('cnv')
    .nullable()
    .describe(
      'Whoever may read this conversation may read the file, and it goes with it. Null: it is yours alone.',
    ),
  createdAt: z.iso.datetime(),
})
export type File = z.infer<typeof File>

import { defineEvents, idSchema } from '@corbel/core'
import * as z from 'zod'

const payload = z.object({ fileId: idSchema('fil'), userId: idSchema('usr') })
const audit = { subject: 'fileId' } as const

export const FileEvents = defineEvents({
  fileUploaded: { type: 'agents.file.uploaded', summary: 'Somebody uploaded a file', payload, audit },
  fileDeleted: { type: 'agents.file.deleted', summary: 'Somebody deleted a file of theirs', payload, audit },
})

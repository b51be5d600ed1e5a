import { defineSettings, integer } from '@corbel/core'
import { uploadLimit } from './file.ts'

export const FileSettings = defineSettings({
  fileMaxBytes: {
    env: 'AGENT_FILE_MAX_BYTES',
    section: 'agents',
    summary: 'Largest file, in bytes, that can be uploaded for agents.',
    schema: integer({ min: 1024, max: uploadLimit }),
    default: 10 * 1024 * 1024,
  },
  fileQuotaBytes: {
    env: 'AGENT_FILE_QUOTA_BYTES',
    section: 'agents',
    summary: 'Bytes that all files of one tenant may take.',
    schema: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    default: 1024 * 1024 * 1024,
  },
})

import {
  content,
  created,
  defineContract,
  empty,
  idSchema,
  ok,
  PageErrors,
  pageOf,
  PageQuery,
  upload,
  type UserAccess,
} from '@corbel/core'
import * as z from 'zod'
import { AgentsPermissions } from '../agents-permissions.ts'
import { ConversationErrors } from '../conversations/conversation-errors.ts'
import { File, fileName, uploadLimit } from './file.ts'
import { FileErrors } from './file-errors.ts'
import { fileTypes } from './file-type.ts'

// Files are of the person who uploaded them, as conversations are.
const read: UserAccess = { kind: 'user', scopes: [AgentsPermissions.readConversations.scope] }
const write: UserAccess = { kind: 'user', scopes: [AgentsPermissions.writeConversations.scope] }
const params = z.object({ id: idSchema('fil') })
const { notFound, empty: isEmpty, tooLarge, typeMismatch, quotaExceeded, interrupted } = FileErrors

export const fileContract = defineContract('files', '/api/v1/files', {
  upload: {
    method: 'POST',
    path: '',
    access: write,
    summary: 'Upload a file: its bytes as the body, its type as Content-Type',
    description:
      'It is yours alone. With `conversationId` it is of that conversation: whoever may read that may read the file, and it goes with it.',
    query: z.strictObject({ name: fileName, conversationId: idSchema('cnv').optional() }),
    body: upload(uploadLimit, ...fileTypes),
    success: created(File),
    errors: [isEmpty, tooLarge, typeMismatch, quotaExceeded, interrupted, ConversationErrors.notFound],
    rateLimit: { name: 'file-upload', by: 'user', limit: 60, window: '1m' },
  },
  list: {
    method: 'GET',
    path: '',
    access: read,
    summary: 'List your files, newest first',
    query: PageQuery,
    success: ok(pageOf(File)),
    errors: [PageErrors.invalidCursor],
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: read,
    summary: 'Read what a file is',
    params,
    success: ok(File),
    errors: [notFound],
  },
  content: {
    method: 'GET',
    path: '/{id}/content',
    access: read,
    summary: 'Download a file',
    description: 'Browsers are told to save it, never to show it.',
    params,
    success: content('application/octet-stream'),
    errors: [notFound],
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: write,
    summary: 'Delete a file',
    params,
    success: empty(204),
    errors: [notFound],
  },
})

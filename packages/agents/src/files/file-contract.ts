import {
  anyone,
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
import { FileLink, longestLink } from './file-link.ts'
import { fileTypes } from './file-type.ts'

// Files are of the person who uploaded them, as conversations are.
const read: UserAccess = { kind: 'user', scopes: [AgentsPermissions.readConversations.scope] }
const write: UserAccess = { kind: 'user', scopes: [AgentsPermissions.writeConversations.scope] }
const params = z.object({ id: idSchema('fil') })
const {
  notFound,
  empty: isEmpty,
  tooLarge,
  typeMismatch,
  quotaExceeded,
  interrupted,
  addressExpired,
} = FileErrors

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
  url: {
    method: 'GET',
    path: '/{id}/url',
    access: read,
    summary: 'Get an address from which a file is downloaded for a short time without signing in',
    description:
      'For what cannot send a token: an `<a download>`, another program. Where the object store signs addresses it is one of the store.',
    params,
    query: z.strictObject({
      expiresIn: z.coerce.number().int().min(1).max(longestLink).default(300).describe('Seconds.'),
    }),
    success: ok(FileLink),
    errors: [notFound],
  },
  download: {
    method: 'GET',
    path: '/{id}/download',
    access: anyone,
    summary: 'Download a file by an address that somebody was given',
    params,
    query: z.strictObject({ token: z.string().max(2000) }),
    success: content('application/octet-stream'),
    errors: [notFound, addressExpired],
    rateLimit: { name: 'file-download', by: 'ip', limit: 300, window: '1m' },
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

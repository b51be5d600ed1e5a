import * as z from 'zod'
import type { UserAccess } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { empty, eventStream, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { PageErrors } from '../../kernel/page.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { ActivityNotice, ActivityPage, ActivityQuery, ActivityStreamQuery } from './activity.ts'

// A person: what was read is kept for each.
const access: UserAccess = { kind: 'user', scopes: [TenantPermissions.readActivity.scope] }
const params = z.object({ id: idSchema('evt') })

export const activityContract = defineContract('activity', '/api/v1/activity', {
  list: {
    method: 'GET',
    path: '',
    access,
    summary: 'List what happened in your tenant within 90 days, newest first',
    query: ActivityQuery,
    success: ok(ActivityPage),
    errors: [PageErrors.invalidCursor],
  },
  stream: {
    method: 'GET',
    path: '/stream',
    access,
    summary: 'Follow what happens in your tenant',
    description:
      'Begins with what happens next, or after the event that Last-Event-ID or ?after= names, with no gap and nothing twice. An event "reset" with null says that the place is not known any more: read the list again. Ends after 10 minutes: come back with the last id.',
    query: ActivityStreamQuery,
    success: eventStream(ActivityNotice),
  },
  read: {
    method: 'POST',
    path: '/{id}/read',
    access,
    summary: 'Mark an activity as read',
    params,
    success: empty(204),
    errors: [TenantErrors.activityNotFound],
  },
  dismiss: {
    method: 'POST',
    path: '/{id}/dismiss',
    access,
    summary: 'Hide an activity from your inbox',
    params,
    success: empty(204),
    errors: [TenantErrors.activityNotFound],
  },
  markAllRead: {
    method: 'POST',
    path: '/mark-all-read',
    access,
    summary: 'Mark everything as read that has happened so far',
    success: empty(204),
  },
})

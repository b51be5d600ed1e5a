import { implement, type Route } from '../../http/implement.ts'
import { activityContract } from './activity-contract.ts'
import type { ActivityService } from './activity-service.ts'

export const activityRoutes = (activity: ActivityService): readonly Route[] =>
  implement(activityContract, {
    list: ({ principal, query }) => activity.list(principal, query),
    stream: async ({ principal, query, request }) =>
      activity.follow(
        principal.tenantId,
        request.headers.get('last-event-id') ?? query.after ?? null,
        request.signal,
      ),
    read: ({ principal, params }) => activity.mark(principal, params.id, 'read'),
    dismiss: ({ principal, params }) => activity.mark(principal, params.id, 'dismissed'),
    markAllRead: ({ principal }) => activity.markAllRead(principal),
  })

import { implement, type Route } from '@corbel/core'
import { notificationPreferenceContract } from './notification-preference-contract.ts'
import type { NotificationPreferenceService } from './notification-preference-service.ts'

export const notificationPreferenceRoutes = (preferences: NotificationPreferenceService): readonly Route[] =>
  implement(notificationPreferenceContract, {
    list: ({ principal }) => preferences.list(principal.userId),
    update: ({ principal, body, client }) => preferences.update(principal, body, client),
  })

import type { AuthTables } from './auth-tables.memory.ts'
import type { NotificationPreferenceRepository } from './notification-preference-repository.ts'

export const memoryNotificationPreferenceRepository = ({
  notificationPreferences,
}: Pick<AuthTables, 'notificationPreferences'>): NotificationPreferenceRepository => ({
  list: async (userId) => notificationPreferences.get(userId) ?? [],

  async put(userId, preference) {
    const others = (notificationPreferences.get(userId) ?? []).filter(
      ({ channel, category }) => channel !== preference.channel || category !== preference.category,
    )
    const keyOf = ({ channel, category }: typeof preference): string => `${channel}:${category}`
    notificationPreferences.set(
      userId,
      [...others, { ...preference }].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    )
  },
})

import type { NotificationPreference, NotificationPreferenceRepository } from '@corbel/auth/ports'
import type { TenantDb } from '../scoped-db.ts'

export const kyselyNotificationPreferenceRepository = (db: TenantDb): NotificationPreferenceRepository => ({
  async list(userId) {
    const rows = await db.shared
      .selectFrom('corbel_notification_preferences')
      .select(['channel', 'category', 'enabled'])
      .where('user_id', '=', userId)
      .orderBy('channel')
      .orderBy('category')
      .execute()
    return rows as NotificationPreference[]
  },

  async put(userId, { channel, category, enabled }) {
    await db.shared
      .insertInto('corbel_notification_preferences')
      .values({ user_id: userId, channel, category, enabled })
      .onConflict((conflict) => conflict.columns(['user_id', 'channel', 'category']).doUpdateSet({ enabled }))
      .execute()
  },
})

import type { NotificationPreference } from '../notifications/notification-preference.ts'
import type { UserId } from '../users/user.ts'

export interface NotificationPreferenceRepository {
  /** What a user has chosen, ordered by channel and category; what they have not is not there. */
  list(userId: UserId): Promise<readonly NotificationPreference[]>
  /** Stores a choice in place of the earlier one of its channel and category. */
  put(userId: UserId, preference: NotificationPreference): Promise<void>
}

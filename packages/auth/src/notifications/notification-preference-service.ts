import { hostOrigin, type Origin, type Transaction, type UserPrincipal } from '@corbel/core'
import type { EventRecorder } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import type { NotificationPreferenceRepository } from '../ports/notification-preference-repository.ts'
import type { UserId } from '../users/user.ts'
import {
  isRequired,
  type NotificationCategory,
  notificationCategories,
  type NotificationPreference,
  type NotificationPreferences,
} from './notification-preference.ts'

export interface NotificationPreferenceServiceDeps {
  readonly notificationPreferences: NotificationPreferenceRepository
  readonly transaction: Transaction<{
    readonly notificationPreferences: NotificationPreferenceRepository
    readonly events: EventRecorder
  }>
}

export class NotificationPreferenceService {
  readonly #deps: NotificationPreferenceServiceDeps

  constructor(deps: NotificationPreferenceServiceDeps) {
    this.#deps = deps
  }

  /** Every category: on, unless the user has switched it off. */
  async list(userId: UserId): Promise<NotificationPreferences> {
    const chosen = await this.#deps.notificationPreferences.list(userId)
    return { data: notificationCategories.map((category) => preferenceOf(chosen, category)) }
  }

  /** Whether to send a user mail of this kind. Ask right before sending. */
  async isWanted(userId: UserId, category: NotificationCategory): Promise<boolean> {
    if (isRequired(category)) return true
    return preferenceOf(await this.#deps.notificationPreferences.list(userId), category).enabled
  }

  /** @throws `auth/notification-required` */
  async update(
    { userId, tenantId }: Pick<UserPrincipal, 'userId' | 'tenantId'>,
    preference: NotificationPreference,
    client: Origin = hostOrigin,
  ): Promise<NotificationPreferences> {
    if (!preference.enabled && isRequired(preference.category)) throw AuthErrors.notificationRequired()
    await this.#deps.transaction(async ({ notificationPreferences, events }) => {
      await notificationPreferences.put(userId, preference)
      await events.record(
        AuthEvents.notificationPreferenceChanged(tenantId, { userId, ...preference }, client),
      )
    })
    return this.list(userId)
  }
}

const preferenceOf = (
  chosen: readonly NotificationPreference[],
  category: NotificationCategory,
): NotificationPreference =>
  chosen.find((preference) => preference.category === category) ?? {
    channel: 'email',
    category,
    enabled: true,
  }

import * as z from 'zod'

/** What a mail is about. Mails about the security of the account cannot be switched off (OWASP ASVS 6.3.7). */
export const notificationCategories = ['security', 'tenant'] as const

export const NotificationCategory = z.enum(notificationCategories)
export type NotificationCategory = z.infer<typeof NotificationCategory>

/** Whether somebody wants to be told something. Mail is the only channel that there is. */
export const NotificationPreference = z.strictObject({
  channel: z.literal('email'),
  /** `security`: changes of what gets somebody in, and sign-ins from devices that are new. `tenant`: what happens to what your tenant relies on, for its owners. */
  category: NotificationCategory,
  enabled: z.boolean(),
})
export type NotificationPreference = z.infer<typeof NotificationPreference>

export const NotificationPreferences = z.object({ data: z.array(NotificationPreference) })
export type NotificationPreferences = z.infer<typeof NotificationPreferences>

/** What cannot be switched off. */
export const isRequired = (category: NotificationCategory): boolean => category === 'security'

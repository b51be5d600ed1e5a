import { defineContract, inPerson, json, ok, user } from '@corbel/core'
import { AuthErrors } from '../auth-errors.ts'
import { NotificationPreference, NotificationPreferences } from './notification-preference.ts'

export const notificationPreferenceContract = defineContract(
  'notification-preferences',
  '/api/v1/users/notification-preferences',
  {
    list: {
      method: 'GET',
      path: '',
      access: user(),
      summary: 'Show what you are told of',
      success: ok(NotificationPreferences),
    },
    update: {
      method: 'PUT',
      path: '',
      access: inPerson,
      summary: 'Choose whether to be told of something',
      description: 'Mails about the security of the account cannot be switched off.',
      body: json(NotificationPreference),
      success: ok(NotificationPreferences),
      errors: [AuthErrors.notificationRequired],
    },
  },
)

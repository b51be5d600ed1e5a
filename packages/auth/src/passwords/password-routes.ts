import { implement, type Route } from '@corbel/core'
import { changePasswordUrlContract, passwordContract } from './password-contract.ts'
import type { PasswordService } from './password-service.ts'

export const passwordRoutes = (passwords: PasswordService): readonly Route[] => [
  ...implement(passwordContract, {
    change: ({ principal, body, client }) => passwords.change(principal, body, client),
    forgot: ({ body, client }) => passwords.forgot(body, client),
    confirm: ({ body, client }) => passwords.confirm(body, client),
    reset: ({ principal, body, client }) => passwords.startReset(principal, body, client),
  }),
  ...implement(changePasswordUrlContract, {
    find: async () => passwords.changePage,
  }),
]

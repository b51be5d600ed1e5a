import { implement, type Route } from '@corbel/core'
import type { EmailChangeService } from '../email-changes/email-change-service.ts'
import { accountContract } from './account-contract.ts'
import type { AccountService } from './account-service.ts'

export const accountRoutes = (accounts: AccountService, emailChanges: EmailChangeService): readonly Route[] =>
  implement(accountContract, {
    get: ({ principal }) => accounts.get(principal),
    updateProfile: ({ principal, body, client }) => accounts.updateProfile(principal, body, client),
    changeEmail: ({ principal, body, client }) => emailChanges.request(principal, body.email, client),
    disable: ({ principal, client }) => accounts.disable(principal, client),
    erase: ({ principal, client }) => accounts.erase(principal, client),
    export: ({ principal, client }) => accounts.export(principal, client),
  })

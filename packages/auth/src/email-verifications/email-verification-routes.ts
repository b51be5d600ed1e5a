import { implement, type Route } from '@corbel/core'
import { emailVerificationContract } from './email-verification-contract.ts'
import type { EmailVerificationService } from './email-verification-service.ts'

export const emailVerificationRoutes = (verifications: EmailVerificationService): readonly Route[] =>
  implement(emailVerificationContract, {
    send: ({ principal, client }) => verifications.request(principal, client),
    verify: ({ body, client }) => verifications.verify(body, client),
  })

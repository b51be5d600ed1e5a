import { implement, type Route } from '@corbel/core'
import { emailVerificationContract } from './email-verification-contract.ts'
import type { EmailVerificationService } from './email-verification-service.ts'

export const emailVerificationRoutes = (verifications: EmailVerificationService): readonly Route[] =>
  implement(emailVerificationContract, {
    send: ({ principal }) => verifications.request(principal),
    verify: ({ body }) => verifications.verify(body.token),
  })

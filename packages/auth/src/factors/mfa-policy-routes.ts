import { implement, type Route } from '@corbel/core'
import { mfaPolicyContract } from './mfa-policy-contract.ts'
import type { MfaPolicyService } from './mfa-policy-service.ts'

export const mfaPolicyRoutes = (policies: MfaPolicyService): readonly Route[] =>
  implement(mfaPolicyContract, {
    get: ({ principal }) => policies.get(principal),
    replace: ({ principal, body, client }) => policies.replace(principal, body, client),
  })

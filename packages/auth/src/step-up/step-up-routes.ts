import { implement, type Route } from '@corbel/core'
import { stepUpContract } from './step-up-contract.ts'
import type { StepUpService } from './step-up-service.ts'

export const stepUpRoutes = (stepUps: StepUpService): readonly Route[] =>
  implement(stepUpContract, {
    authenticate: ({ principal, body, client }) => stepUps.authenticate(principal, body, client),
  })

import { implement, type Route } from '@corbel/core'
import { joiningContract } from './joining-contract.ts'
import type { JoiningService } from './joining-service.ts'

export const joiningRoutes = (joining: JoiningService): readonly Route[] =>
  implement(joiningContract, {
    addMember: ({ principal, body, client }) => joining.addMember(principal, body, client),
    accept: ({ body, client }) => joining.acceptAsNewUser(body, client),
    acceptCurrent: ({ principal, body, client }) => joining.accept(principal, body.token, client),
  })

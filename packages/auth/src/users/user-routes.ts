import { implement, type Route } from '@corbel/core'
import { userContract } from './user-contract.ts'
import type { UserService } from './user-service.ts'

export const userRoutes = (users: UserService): readonly Route[] =>
  implement(userContract, {
    me: ({ principal }) => users.describe(principal),
  })

import { implement, type Route } from '@corbel/core'
import { sessionContract } from './session-contract.ts'
import type { SessionService } from './session-service.ts'

export const sessionRoutes = (sessions: SessionService): readonly Route[] =>
  implement(sessionContract, {
    signIn: ({ body, client }) => sessions.signIn(body, client),
    refresh: ({ body }) => sessions.refresh(body.refreshToken),
    signOut: ({ body }) => sessions.signOut(body.refreshToken),
    signOutAll: ({ principal }) => sessions.signOutAll(principal.userId),
    list: ({ principal, query }) => sessions.list(principal, query),
    revoke: ({ principal, params }) => sessions.revoke(principal, params.id),
  })

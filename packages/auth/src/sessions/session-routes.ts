import { implement, type Route } from '@corbel/core'
import { sessionContract } from './session-contract.ts'
import type { SessionService } from './session-service.ts'

export const sessionRoutes = (sessions: SessionService): readonly Route[] =>
  implement(sessionContract, {
    refresh: ({ body, client }) => sessions.refresh(body.refreshToken, client),
    signOut: ({ body, client }) => sessions.signOut(body.refreshToken, client),
    signOutAll: ({ principal, client }) => sessions.signOutAll(principal.userId, client),
    signOutOthers: ({ principal, client }) => sessions.signOutOthers(principal, client),
    list: ({ principal, query }) => sessions.list(principal, query),
    revoke: ({ principal, params, client }) => sessions.revoke(principal, params.id, client),
  })

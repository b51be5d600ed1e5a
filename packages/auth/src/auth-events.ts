import { defineEvents, idSchema } from '@corbel/core'
import * as z from 'zod'

const userId = idSchema('usr')
const sessionId = idSchema('ses')

export const AuthEvents = defineEvents({
  userRegistered: {
    type: 'auth.user.registered',
    summary: 'Somebody created an account and its tenant.',
    payload: z.object({ userId, planCode: z.string().optional() }),
  },
  registrationRepeated: {
    type: 'auth.registration.repeated',
    summary: 'Somebody tried to register an e-mail address that has an account.',
    payload: z.object({ userId }),
  },
  operatorCreated: {
    type: 'auth.operator.created',
    summary: 'The host created an operator of the platform.',
    payload: z.object({ userId }),
  },
  sessionOpened: {
    type: 'auth.session.opened',
    summary: 'A user signed in.',
    payload: z.object({ userId, sessionId }),
  },
  sessionRevoked: {
    type: 'auth.session.revoked',
    summary: 'A user signed out, or ended one of their sessions.',
    payload: z.object({ userId, sessionId }),
  },
  sessionsRevoked: {
    type: 'auth.session.all_revoked',
    summary: 'A user ended all of their sessions.',
    payload: z.object({ userId }),
  },
  refreshReused: {
    type: 'auth.session.reuse_detected',
    summary: 'A refresh token was presented again after it had been replaced, so its session was ended.',
    payload: z.object({ userId, sessionId }),
  },
  emailVerificationRequested: {
    type: 'auth.email_verification.requested',
    summary: 'A user asked for another verification mail.',
    payload: z.object({ userId }),
  },
  emailVerified: {
    type: 'auth.email_verification.completed',
    summary: 'A user proved that they read the mail of their address.',
    payload: z.object({ userId }),
  },
})

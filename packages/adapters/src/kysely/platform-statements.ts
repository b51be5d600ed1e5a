/**
 * Every statement that looks across tenants, and why it must. All others are bound to one tenant, or to tables that belong to none.
 */
export const platformStatements = {
  'users.findForSignIn': 'whoever signs in has not said to which of their tenants',
  'sessions.rotate': 'a refresh token is all that is presented: its row says which tenant',
  'sessions.revokeByToken': 'a refresh token is all that is presented: its row says which tenant',
  'sessions.revokeAll': 'signing out everywhere ends the sessions of a user in each of their tenants',
  'sessions.listRevokedSince': 'a replica refuses the access tokens of every tenant',
  'sessions.purge': 'what has ended is forgotten for every tenant at once',
  'events.record': 'events may be of several tenants, or of none',
  'jobs.enqueue': 'jobs may be of several tenants, or of none',
  'jobs.claim': 'a worker takes the jobs of every tenant, longest due first',
  'jobs.hold': 'a worker knows a job by its id and its receipt',
  'jobs.dead': 'an operator looks through the dead letters of a queue',
  'jobs.redrive': 'an operator looks through the dead letters of a queue',
  'outbox.claim': 'the relay delivers the events of every tenant in their order',
  'outbox.settle': 'the relay delivers the events of every tenant in their order',
  'outbox.defer': 'the relay delivers the events of every tenant in their order',
  'outbox.depth': 'how far the relay is behind is one number',
  'outbox.purge': 'what was delivered is forgotten for every tenant at once',
} as const

export type PlatformStatement = keyof typeof platformStatements

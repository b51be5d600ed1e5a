import type { EventRecorder } from '@corbel/core/ports'
import type { AttemptClient, AttemptQuery, AttemptRepository, AttemptState } from './attempt-repository.ts'
import type { AuthTables } from './auth-tables.memory.ts'
import type { UserId } from '../users/user.ts'

type Tables = Pick<AuthTables, 'attempts' | 'consecutiveFailures' | 'sessions'>

/** What {@link AttemptRepository.find} answers. */
export function attemptState(
  { attempts, consecutiveFailures, sessions }: Tables,
  userId: UserId | null,
  { account, device, network, client: { userAgent, ipPrefix }, now }: AttemptQuery,
): AttemptState {
  const locks: Record<string, Date> = {}
  for (const key of [account, device, network ?? '']) {
    const lockedUntil = attempts.get(key)?.lockedUntil
    if (lockedUntil && lockedUntil > now) locks[key] = lockedUntil
  }
  const isKnownClient =
    userAgent !== null &&
    ipPrefix !== null &&
    [...sessions.values()].some(
      (row) =>
        row.userId === userId &&
        row.userAgent === userAgent &&
        row.ipPrefix === ipPrefix &&
        row.impersonatorId === null,
    )
  return { isKnownClient, failures: (userId && consecutiveFailures.get(userId)) ?? 0, locks }
}

/** The part of opening a session that ends a row of failures. */
export function forgetFailures(
  { attempts, consecutiveFailures }: Pick<AuthTables, 'attempts' | 'consecutiveFailures'>,
  userId: UserId,
  keys: readonly string[],
): void {
  consecutiveFailures.delete(userId)
  for (const key of keys) attempts.delete(key)
}

export const memoryAttemptRepository = (
  tables: Tables & Pick<AuthTables, 'users'>,
  recorder: EventRecorder,
): AttemptRepository => ({
  find: async (userId, query) => attemptState(tables, userId, query),

  async listKnownClients(userId) {
    const known = new Map<string, AttemptClient>()
    for (const { userId: owner, userAgent, ipPrefix, impersonatorId } of tables.sessions.values())
      if (owner === userId && userAgent !== null && ipPrefix !== null && impersonatorId === null)
        known.set(`${ipPrefix} ${userAgent}`, { userAgent, ipPrefix })
    return [...known.values()]
  },

  async recordFailure({ counters, userId, most, now, events, lockedEvents, exhaustedEvents }) {
    const { attempts, consecutiveFailures, users } = tables
    const known = userId !== null && users.has(userId) ? userId : null
    const lockedNow = counters.map(({ key, limit, since, lockUntil, expiresAt }) => {
      const row = attempts.get(key)
      if (row?.lockedUntil && row.lockedUntil > now) return false
      const recent = [...(row?.failedAt.filter((at) => at > since) ?? []), now]
      const locks = recent.length >= limit
      attempts.set(key, {
        failedAt: locks ? [] : recent,
        lockedUntil: locks ? lockUntil : null,
        expiresAt,
      })
      return locks
    })
    const failures = known === null ? most : (consecutiveFailures.get(known) ?? 0)
    if (known !== null && failures < most) consecutiveFailures.set(known, failures + 1)
    await recorder.record(...events)
    if (known !== null && lockedNow[0]) await recorder.record(...lockedEvents)
    if (failures + 1 === most) await recorder.record(...exhaustedEvents)
  },

  clear: async (userId, keys) => forgetFailures(tables, userId, keys),

  async purge(time) {
    const expired = [...tables.attempts].filter(([, { expiresAt }]) => expiresAt < time)
    for (const [key] of expired) tables.attempts.delete(key)
    return expired.length
  },
})

import { type DomainEvent, type Id, newId, type OutboxEntry, type Storage } from '@corbel/core/ports'
import type { Role, TenantRepositories } from '@corbel/core/tenant/ports'
import type { SessionId } from '../sessions/session.ts'
import type { UserId } from '../users/user.ts'
import type { AuthRepositories } from './auth-repositories.ts'
import type { Rotation, SessionRecord } from './session-repository.ts'
import type { NewUser } from './user-repository.ts'

/** A storage that keeps the auth module and the tenants that it relies on. */
export type AuthStorage = Storage<{ readonly tenant: TenantRepositories; readonly auth: AuthRepositories }>

export const now = new Date('2026-03-01T12:00:00.123Z')

/** `now` and some seconds. */
export const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000)

/** Text that a careless adapter changes: astral and combining characters, quotes, an escape, line breaks, blanks at the ends. */
export const awkwardText = ' Žofie 🌱 e\u0301 \u202Eright "quoted" \'single\' \\0 \\u0041 %s {}[]\r\n\ttab '

export function sampleUser(change: Partial<NewUser['user']> = {}): NewUser {
  const id = newId('usr')
  return {
    user: {
      id,
      email: `${id}@example.com`,
      displayName: null,
      emailVerified: false,
      createdAt: now.toISOString(),
      ...change,
    },
    operator: false,
    credential: { passwordHash: `$argon2id$${id}`, pepperId: 'p1' },
    termsAcceptedAt: now,
  }
}

export async function storedUser({ repositories }: AuthStorage): Promise<UserId> {
  const account = sampleUser()
  await repositories.auth.users.insert(account)
  return account.user.id
}

export async function storedTenant({ repositories }: AuthStorage): Promise<Id<'ten'>> {
  const id = newId('ten')
  await repositories.tenant.tenants.insert({ id, slug: id, name: 'Acme', createdAt: now.toISOString() })
  return id
}

export interface Member {
  readonly tenantId: Id<'ten'>
  readonly userId: UserId
}

/** Stores a user who is a member of a new tenant. */
export async function storedMember(
  storage: AuthStorage,
  role: Role = 'member',
  user?: UserId,
): Promise<Member> {
  const userId = user ?? (await storedUser(storage))
  const tenantId = await storedTenant(storage)
  const { memberships } = storage.repositories.tenant
  await memberships.insert({ tenantId, userId, role, createdAt: now.toISOString() })
  return { tenantId, userId }
}

export const sampleSession = (member: Member, change: Partial<SessionRecord> = {}): SessionRecord => ({
  ...member,
  id: newId('ses'),
  createdAt: now,
  lastSeenAt: now,
  expiresAt: at(86_400),
  userAgent: null,
  ipPrefix: null,
  aal: 1,
  amr: ['pwd'],
  authenticatedAt: now,
  place: null,
  impersonatorId: null,
  ...change,
})

/** Opens a session and returns it with the digest of its first token. */
export async function openedSession(
  { repositories }: AuthStorage,
  member: Member,
  change: Partial<SessionRecord> = {},
): Promise<{ readonly session: SessionRecord; readonly digest: string }> {
  const session = sampleSession(member, change)
  const digest = newId('digest')
  await repositories.auth.sessions.open(session, { digest, expiresAt: at(3600) }, [])
  return { session, digest }
}

export const sampleEvent = (type: string, payload: unknown = {}): DomainEvent => ({
  type: `test.session.${type}`,
  tenantId: null,
  payload,
})

/** The event about a session. */
export const eventOf =
  (type: string) =>
  ({ id, tenantId, userId }: Pick<SessionRecord, 'id' | 'tenantId' | 'userId'>): DomainEvent => ({
    type: `test.session.${type}`,
    tenantId,
    payload: { id, userId },
  })

/** A rotation ten seconds after {@link now}, with a grace of ten seconds. */
export const sampleRotation = (presented: string, change: Partial<Rotation> = {}): Rotation => ({
  presented,
  successor: `${presented}+`,
  now: at(10),
  graceSince: at(0),
  expiresAt: at(3610),
  reuseEvent: eventOf('reused'),
  ...change,
})

/** Types and payloads of what was recorded since the storage was opened, or since the last call. */
export async function recorded({ outbox }: AuthStorage): Promise<readonly OutboxEntry[]> {
  return outbox.claim({ limit: 1000, leaseMs: 3_600_000 })
}

export const idsOf = (sessions: readonly { readonly id: SessionId }[]): readonly SessionId[] =>
  sessions.map(({ id }) => id)

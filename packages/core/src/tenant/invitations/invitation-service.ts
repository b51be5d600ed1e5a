import type { Clock } from '../../kernel/clock.ts'
import { addMilliseconds, before, milliseconds } from '../../kernel/duration.ts'
import { type Id, newId } from '../../kernel/id.ts'
import { hostOrigin, type Origin } from '../../kernel/origin.ts'
import { type Page, type PageQuery, toPage, toPageRequest } from '../../kernel/page.ts'
import type { Transaction } from '../../kernel/transaction.ts'
import type { Mailer } from '../../ports/mailer.ts'
import type { EventRecorder } from '../../ports/outbox.ts'
import type { Membership, Role, RoleChoice } from '../memberships/membership.ts'
import { type Actor, requireGrant } from '../memberships/membership-service.ts'
import type { InvitationRecord, InvitationRepository } from '../ports/invitation-repository.ts'
import type { MembershipRepository } from '../ports/membership-repository.ts'
import type { RoleRepository } from '../ports/role-repository.ts'
import { grantOf, type ScopesByRole } from '../roles/grant.ts'
import { chosenRole } from '../roles/role-choice.ts'
import type { TenantLifecycleRepository } from '../ports/tenant-lifecycle-repository.ts'
import type { TenantRepository } from '../ports/tenant-repository.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantEvents } from '../tenant-events.ts'
import {
  type Invitation,
  invitationHours,
  type InvitationId,
  type InvitationPolicy,
  type NewInvitation,
} from './invitation.ts'
import { invitationMail } from './invitation-mail.ts'
import type { InvitationTokens } from './invitation-tokens.ts'

interface Repositories {
  readonly tenants: TenantRepository
  readonly invitations: InvitationRepository
  readonly memberships: MembershipRepository
  readonly roles: Pick<RoleRepository, 'hold'>
  readonly lifecycles: TenantLifecycleRepository
}

export interface InvitationServiceDeps extends Repositories {
  readonly clock: Clock
  readonly scopesByRole: ScopesByRole
  readonly mailer: Mailer
  readonly invitationTokens: InvitationTokens
  readonly appName: string
  readonly publicUrl: string
  readonly transaction: Transaction<Repositories & { readonly events: EventRecorder }>
}

/** Who redeems a token, and with what. */
export interface Redemption {
  readonly token: string
  readonly userId: Id<'usr'>
  /** The address of the user, whom the token then proves to read its mail. */
  readonly email: string
}

/** Invitations of a team to people who may or may not have an account. */
export class InvitationService {
  readonly #deps: InvitationServiceDeps

  constructor(deps: InvitationServiceDeps) {
    this.#deps = deps
  }

  async policy(): Promise<InvitationPolicy> {
    return { defaultHours: invitationHours.default, maxHours: invitationHours.max }
  }

  /** @throws `tenant/role-not-found`, `tenant/role-not-yours`, `tenant/invitation-pending`. */
  create(actor: Actor, input: NewInvitation, origin: Origin = hostOrigin): Promise<Invitation> {
    return this.#deps.transaction(async (scope) => {
      const chosen = await chosenRole(scope.roles, actor.tenantId, input)
      await requireGrant(scope.memberships, this.#deps.scopesByRole, actor, grantOf(chosen))
      return this.#insert(scope, { ...input, tenantId: actor.tenantId, createdBy: actor.userId }, origin)
    })
  }

  /** The same in the name of the platform. */
  createFor(tenantId: Id<'ten'>, input: NewInvitation, origin: Origin = hostOrigin): Promise<Invitation> {
    return this.#deps.transaction((scope) =>
      this.#insert(scope, { ...input, tenantId, createdBy: null }, origin),
    )
  }

  async list(tenantId: Id<'ten'>, query: PageQuery): Promise<Page<Invitation>> {
    const { invitations, clock } = this.#deps
    const rows = await invitations.list(tenantId, toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map((row) => shown(row, clock.now())), nextCursor }
  }

  /**
   * Sends another mail with a new token; the earlier one stops working, and the time begins again.
   *
   * @throws `tenant/invitation-not-found`, `tenant/role-not-yours`.
   */
  resend(actor: Actor, id: InvitationId, origin: Origin = hostOrigin): Promise<Invitation> {
    const { clock, invitationTokens, scopesByRole, transaction } = this.#deps
    const { tenantId } = actor
    return transaction(async ({ invitations, memberships, roles, events }) => {
      const before = await invitations.find(tenantId, id)
      if (!before) throw TenantErrors.invitationNotFound()
      const given = await chosenRole(roles, tenantId, choiceOf(before))
      await requireGrant(memberships, scopesByRole, actor, grantOf(given))
      const generation = before.generation + 1
      const lifetime = before.expiresAt.getTime() - before.createdAt.getTime()
      const renewed = await invitations.renew(tenantId, id, {
        expected: before.generation,
        digest: await invitationTokens.digestFor(id, generation),
        expiresAt: addMilliseconds(clock.now(), Math.min(lifetime, milliseconds(`${invitationHours.max}h`))),
      })
      if (!renewed) throw TenantErrors.invitationNotFound()
      await events.record(
        TenantEvents.invitationSent(tenantId, { invitationId: id, generation, role: before.role }, origin),
      )
      return shown(renewed, clock.now())
    })
  }

  /** @throws `tenant/invitation-not-found` */
  revoke(tenantId: Id<'ten'>, id: InvitationId, origin: Origin = hostOrigin): Promise<void> {
    return this.#deps.transaction(async ({ invitations, events }) => {
      if (!(await invitations.revoke(tenantId, id))) throw TenantErrors.invitationNotFound()
      await events.record(TenantEvents.invitationRevoked(tenantId, { invitationId: id }, origin))
    })
  }

  /** Whom a token invites. @throws `tenant/invalid-invitation`, the same for every fault. */
  async find(
    token: string,
  ): Promise<{ readonly email: string; readonly tenantId: Id<'ten'>; readonly role: Role }> {
    const { invitations, invitationTokens, clock } = this.#deps
    const digest = await invitationTokens.digestOf(token)
    const invitation = digest && (await invitations.findOpen(digest, clock.now()))
    if (!invitation) throw TenantErrors.invalidInvitation()
    return invitation
  }

  /**
   * Makes the user a member in the transaction that uses up the token. Of concurrent callers with one token, one succeeds.
   *
   * @throws `tenant/invalid-invitation`, also when it is for another address; `tenant/already-member`, and the token still works.
   */
  async redeem({ token, userId, email }: Redemption, origin: Origin = hostOrigin): Promise<Membership> {
    const { invitationTokens, clock, transaction } = this.#deps
    const digest = await invitationTokens.digestOf(token)
    if (digest === null) throw TenantErrors.invalidInvitation()
    return transaction(async ({ invitations, memberships, roles, lifecycles, events }) => {
      const now = clock.now()
      const invitation = await invitations.redeem(digest, { userId, email, now })
      if (!invitation) throw TenantErrors.invalidInvitation()
      const { id, tenantId } = invitation
      const given = await chosenRole(roles, tenantId, choiceOf(invitation))
      const { role } = given
      const membership = { tenantId, userId, ...given, createdAt: now.toISOString() }
      await memberships.insert(membership)
      await events.record(
        TenantEvents.invitationAccepted(tenantId, { invitationId: id, userId }, origin),
        TenantEvents.memberAdded(tenantId, { userId, role }, origin),
      )
      // A tenant that operators have made waits for its first owner.
      if (role === 'owner' && (await lifecycles.change(tenantId, { ...activation, now })))
        await events.record(TenantEvents.statusChanged(tenantId, { status: 'active', reason: null }, origin))
      return membership
    })
  }

  /** Sends the mail that an event asked for; none, and false, when a later one was asked for, or the invitation has ended. */
  async mail(
    eventId: Id<'evt'>,
    tenantId: Id<'ten'> | null,
    { invitationId, generation }: { readonly invitationId: InvitationId; readonly generation: number },
  ): Promise<boolean> {
    const { tenants, invitations, invitationTokens, clock, mailer, appName, publicUrl } = this.#deps
    const invitation = tenantId && (await invitations.find(tenantId, invitationId))
    if (!invitation || invitation.generation !== generation) return false
    if (statusOf(invitation, clock.now()) !== 'pending') return false
    const tenant = await tenants.find(invitation.tenantId)
    if (!tenant) return false
    const { email: to, role, expiresAt } = invitation
    const token = await invitationTokens.of(invitationId, generation)
    const about = { token, tenantName: tenant.name, role, expiresAt }
    await mailer.send(invitationMail.render(about, { id: eventId, to, appName, publicUrl }))
    return true
  }

  /** Forgets invitations that ended more than 30 days ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.invitations.purge(before(this.#deps.clock.now(), '30d'))
  }

  async #insert(
    { invitations, roles, events }: Repositories & { readonly events: EventRecorder },
    {
      tenantId,
      createdBy,
      email,
      expiresInHours,
      ...choice
    }: NewInvitation & Pick<InvitationRecord, 'tenantId' | 'createdBy'>,
    origin: Origin,
  ): Promise<Invitation> {
    const { clock, invitationTokens } = this.#deps
    const createdAt = clock.now()
    const id = newId('inv', clock)
    const { role, customRole } = await chosenRole(roles, tenantId, choice)
    const invitation: InvitationRecord = {
      id,
      tenantId,
      email,
      role,
      roleId: customRole?.id ?? null,
      status: 'pending',
      generation: 1,
      createdBy,
      createdAt,
      expiresAt: addMilliseconds(createdAt, milliseconds(`${expiresInHours}h`)),
      acceptedBy: null,
    }
    await invitations.insert(invitation, await invitationTokens.digestFor(id, 1))
    await events.record(
      TenantEvents.invitationSent(tenantId, { invitationId: id, generation: 1, role }, origin),
    )
    return shown(invitation, createdAt)
  }
}

const activation = { to: 'active', from: ['provisioning'], reason: null } as const

const choiceOf = ({ role, roleId }: InvitationRecord): RoleChoice => (roleId === null ? { role } : { roleId })

const statusOf = ({ status, expiresAt }: InvitationRecord, now: Date): Invitation['status'] =>
  status === 'pending' && expiresAt <= now ? 'expired' : status

const shown = (record: InvitationRecord, now: Date): Invitation => ({
  id: record.id,
  email: record.email,
  role: record.role,
  roleId: record.roleId,
  status: statusOf(record, now),
  createdBy: record.createdBy,
  createdAt: record.createdAt.toISOString(),
  expiresAt: record.expiresAt.toISOString(),
  acceptedBy: record.acceptedBy,
})

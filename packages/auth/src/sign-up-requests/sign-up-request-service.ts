import {
  before,
  type Clock,
  hostOrigin,
  ipBucket,
  maskedClientOf,
  newId,
  type Origin,
  type Page,
  toPage,
  toPageRequest,
  type Transaction,
  type UserPrincipal,
} from '@corbel/core'
import type { EventRecorder, Meter } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { AuthMetrics } from '../auth-metrics.ts'
import type { SignUpInviteRepository } from '../ports/sign-up-invite-repository.ts'
import type {
  SignUpDecision,
  SignUpRequestRecord,
  SignUpRequestRepository,
} from '../ports/sign-up-request-repository.ts'
import type { UserRepository } from '../ports/user-repository.ts'
import type { SignUpInviteService } from '../sign-up-invites/sign-up-invite-service.ts'
import { isTrapped } from '../sign-up/honeypot.ts'
import type { SignUpGate } from '../sign-up/sign-up-gate.ts'
import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type {
  RejectSignUpRequest,
  RequestAccess,
  SignUpRequest,
  SignUpRequestId,
  SignUpRequestListQuery,
} from './sign-up-request.ts'

interface Bound {
  readonly signUpRequests: SignUpRequestRepository
  readonly signUpInvites: SignUpInviteRepository
  readonly events: EventRecorder
}

export interface SignUpRequestServiceDeps {
  readonly signUpRequests: SignUpRequestRepository
  readonly users: UserRepository
  readonly signUpGate: SignUpGate
  readonly signUpInviteService: SignUpInviteService
  /** Names callers without telling their addresses. */
  readonly attemptDigest: KeyedDigest
  /** Requests of one caller that may wait for a decision; 0 means any number. */
  readonly pendingRequests: number
  readonly clock: Clock
  readonly meter: Meter
  readonly transaction: Transaction<Bound>
}

type Decider = Pick<UserPrincipal, 'userId'>

/** The queue of those who ask to be let in. */
export class SignUpRequestService {
  readonly #deps: SignUpRequestServiceDeps

  constructor(deps: SignUpRequestServiceDeps) {
    this.#deps = deps
  }

  /**
   * Asks to be let in. Nothing comes back, and the work is the same, whether there is something to decide or the address has an
   * account, an invitation or a pending request, or the caller too many pending ones: a refusal of the latter would tell which of the
   * caller's earlier addresses were known.
   *
   * @throws `auth/access-not-requested`, `auth/email-domain-refused`, `auth/too-many-sign-ups`
   */
  async submit(input: RequestAccess, client: Origin = hostOrigin): Promise<void> {
    const { signUpGate, users, clock, meter, transaction, pendingRequests: most } = this.#deps
    const counter = meter.counter(AuthMetrics.accessRequest)
    if (isTrapped(input)) {
      counter.add({ outcome: 'refused' })
      return signUpGate.recordTrapped(client)
    }
    await signUpGate.admitRequest(input.email, client).catch((error: unknown) => {
      counter.add({ outcome: 'refused' })
      throw error
    })
    const request: SignUpRequestRecord = {
      id: newId('sur', clock),
      email: input.email,
      name: input.name ?? null,
      organization: input.organization ?? null,
      message: input.message ?? null,
      status: 'pending',
      reason: null,
      decidedAt: null,
      decidedBy: null,
      inviteId: null,
      ...maskedClientOf(client),
      createdAt: clock.now(),
    }
    const owner = await users.findForSignIn(input.email)
    const limit = { client: await this.#digestOf(client), most }
    const event = AuthEvents.accessRequested(null, { requestId: request.id, userId: owner?.user.id }, client)
    const isPending = await transaction(async ({ signUpRequests, events }) => {
      await events.record(event)
      return signUpRequests.submit(request, limit)
    })
    counter.add({ outcome: isPending ? 'pending' : 'dropped' })
  }

  async list(query: SignUpRequestListQuery): Promise<Page<SignUpRequest>> {
    const rows = await this.#deps.signUpRequests.list(query, toPageRequest(query))
    const { data, nextCursor } = toPage(rows, query.limit, ({ id }) => id)
    return { data: data.map(shown), nextCursor }
  }

  /**
   * Lets an applicant in: they are mailed an invitation. Of concurrent callers who decide one request, one succeeds.
   *
   * @throws `auth/sign-up-request-not-found`, `auth/sign-up-request-decided`; `auth/address-invited` when somebody invited the address
   * in the meantime.
   */
  async approve(decider: Decider, id: SignUpRequestId, client: Origin = hostOrigin): Promise<SignUpRequest> {
    const { signUpInviteService } = this.#deps
    const { email } = await this.#get(id)
    const { invite, digest } = await signUpInviteService.draft(decider, { email, maxRedemptions: 1 }, id)
    const decision = { ...this.#decision(decider), status: 'approved', inviteId: invite.id } as const
    return this.#decide(id, decision, async ({ signUpInvites, events }) => {
      const invited = AuthEvents.signUpInviteCreated(null, { inviteId: invite.id }, client)
      if (!(await signUpInvites.insert(invite, digest, [invited]))) throw AuthErrors.addressInvited()
      await events.record(
        AuthEvents.signUpRequestApproved(null, { requestId: id, inviteId: invite.id }, client),
      )
    })
  }

  /**
   * Turns an applicant down, who is not told. Of concurrent callers who decide one request, one succeeds.
   *
   * @throws `auth/sign-up-request-not-found`, `auth/sign-up-request-decided`
   */
  async reject(
    decider: Decider,
    id: SignUpRequestId,
    { reason }: RejectSignUpRequest,
    client: Origin = hostOrigin,
  ): Promise<SignUpRequest> {
    await this.#get(id)
    const decision = { ...this.#decision(decider), status: 'rejected', reason } as const
    return this.#decide(id, decision, ({ events }) =>
      events.record(AuthEvents.signUpRequestRejected(null, { requestId: id }, client)),
    )
  }

  /** Forgets those that were decided more than 30 days ago; returns how many. */
  purge(): Promise<number> {
    return this.#deps.signUpRequests.purge(before(this.#deps.clock.now(), '30d'))
  }

  async #get(id: SignUpRequestId): Promise<SignUpRequestRecord> {
    const request = await this.#deps.signUpRequests.find(id)
    if (!request) throw AuthErrors.signUpRequestNotFound()
    return request
  }

  #decision({ userId }: Decider) {
    return { at: this.#deps.clock.now(), by: userId, reason: null, inviteId: null }
  }

  async #decide(
    id: SignUpRequestId,
    decision: SignUpDecision,
    change: (bound: Bound) => Promise<void>,
  ): Promise<SignUpRequest> {
    await this.#deps.transaction(async (bound) => {
      if (!(await bound.signUpRequests.decide(id, decision))) throw AuthErrors.signUpRequestDecided()
      await change(bound)
    })
    return shown(await this.#get(id))
  }

  async #digestOf({ ip }: Origin): Promise<string | null> {
    return ip === null ? null : this.#deps.attemptDigest.of('sign-up-request-client', ipBucket(ip))
  }
}

const shown = ({ createdAt, decidedAt, ...request }: SignUpRequestRecord): SignUpRequest => ({
  ...request,
  createdAt: createdAt.toISOString(),
  decidedAt: decidedAt?.toISOString() ?? null,
})

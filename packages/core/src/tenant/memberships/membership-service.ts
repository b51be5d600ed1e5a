import type { Id } from '../../kernel/id.ts'
import { type Page, type PageQuery, toPage, toPageRequest } from '../../kernel/page.ts'
import type { MembershipRepository } from '../ports/membership-repository.ts'
import type { Membership } from './membership.ts'

export interface MembershipServiceDeps {
  readonly memberships: MembershipRepository
}

export class MembershipService {
  readonly #deps: MembershipServiceDeps

  constructor(deps: MembershipServiceDeps) {
    this.#deps = deps
  }

  /** Members of a tenant. */
  async list(tenantId: Id<'ten'>, query: PageQuery): Promise<Page<Membership>> {
    const rows = await this.#deps.memberships.listOfTenant(tenantId, toPageRequest(query))
    return toPage(rows, query.limit, ({ userId }) => userId)
  }
}

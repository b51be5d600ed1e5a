import { implement, type Route } from '@corbel/core'
import { domainContract } from './domain-contract.ts'
import type { DomainService } from './domain-service.ts'

export const domainRoutes = (domains: DomainService): readonly Route[] =>
  implement(domainContract, {
    list: ({ principal }) => domains.list(principal),
    verify: ({ principal, body, client }) => domains.verify(principal, body, client),
    remove: ({ principal, params, client }) => domains.remove(principal, params.domain, client),
  })

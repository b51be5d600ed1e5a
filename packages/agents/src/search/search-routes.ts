import { implement, type Route } from '@corbel/core'
import { searchContract } from './search-contract.ts'
import type { SearchService } from './search-service.ts'

export const searchRoutes = (search: SearchService): readonly Route[] =>
  implement(searchContract, { search: ({ principal, query }) => search.search(principal, query) })

import { implement, type Route } from '../../http/implement.ts'
import { pageContract, statusContract } from './page-contract.ts'
import type { PageService } from './page-service.ts'
import { statusPolicy } from './status-style.ts'

export const pageRoutes = (page: PageService): readonly Route[] => [
  ...implement(statusContract, {
    summary: () => page.summary(),
    history: () => page.history(),
  }),
  ...implement(pageContract, {
    page: async () => ({ body: await page.page(), contentSecurityPolicy: statusPolicy }),
    json: () => page.summary(),
    rss: async () => ({ body: await page.feed() }),
  }),
]

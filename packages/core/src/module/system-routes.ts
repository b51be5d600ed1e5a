import { docsPolicy } from '../contract/docs-style.ts'
import { alternative, implement, type Route } from '../http/implement.ts'
import type { Meter } from '../ports/meter.ts'
import type { Readiness } from './health.ts'
import type { Profile } from './profile.ts'
import { systemContract } from './system-contract.ts'

export interface SystemDeps {
  readonly name: string
  readonly profile: Profile
  readonly modules: readonly string[]
  readonly meter: Meter
  readonly readiness: () => Promise<Readiness>
  /** Rendered once, at first use. */
  readonly openApi: () => string
  readonly docsPage: () => string
  /** @throws `http/not-found` when there is no contact to name. */
  readonly securityTxt: () => string
}

export const systemRoutes = ({
  name,
  profile,
  modules,
  meter,
  readiness,
  openApi,
  docsPage,
  securityTxt,
}: SystemDeps): readonly Route[] =>
  implement(systemContract, {
    card: async () => ({
      name,
      profile,
      modules: [...modules],
      docs: '/docs',
      openapi: '/openapi.json',
      health: '/health',
      ready: '/health/ready',
    }),
    health: async () => ({ status: 'ok' as const }),
    ready: async () => {
      const found = await readiness()
      return found.status === 'ready' ? found : alternative(503, found)
    },
    metrics: () => meter.scrape(),
    openapi: async () => ({ body: openApi() }),
    securityTxt: async () => ({ body: securityTxt() }),
    docs: async () => ({ body: docsPage(), contentSecurityPolicy: docsPolicy }),
  })

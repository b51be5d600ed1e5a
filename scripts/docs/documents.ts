import { errorsPage, eventsPage, jobsPage, metricsPage, permissionsPage } from './catalog-pages.ts'
import { schemas } from '../../packages/cli/src/schemas/schema-list.ts'
import { envExample } from './env-example.ts'
import { httpPage } from './http-page.ts'
import type { Reference } from './reference.ts'
import { securityPage } from './security-page.ts'
import { settingsPage } from './settings-page.ts'

/** Every generated file: path from the root -> content. */
export const documents = (reference: Reference): Readonly<Record<string, string>> => ({
  '.env.example': envExample(reference),
  'docs/reference/errors.md': errorsPage(reference),
  'docs/reference/events.md': eventsPage(reference),
  'docs/reference/http.md': httpPage(reference),
  'docs/reference/jobs.md': jobsPage(reference),
  'docs/reference/metrics.md': metricsPage(reference),
  'docs/reference/openapi.json': `${JSON.stringify(reference.openApi, null, 2)}\n`,
  'docs/reference/permissions.md': permissionsPage(reference),
  'docs/reference/security-requirements.md': securityPage(),
  'docs/reference/settings.md': settingsPage(reference),
  ...Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `docs/reference/schemas/${name}.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  ),
})

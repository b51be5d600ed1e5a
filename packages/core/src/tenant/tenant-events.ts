import * as z from 'zod'
import { idSchema } from '../kernel/id.ts'
import { defineEvents } from '../module/define-events.ts'

export const TenantEvents = defineEvents({
  created: {
    type: 'tenant.account.created',
    summary: 'A tenant was created together with its owner.',
    payload: z.object({ slug: z.string(), ownerId: idSchema('usr') }),
  },
  renamed: {
    type: 'tenant.account.renamed',
    summary: 'The name of a tenant was changed.',
    payload: z.object({ name: z.string() }),
  },
  settingsChanged: {
    type: 'tenant.settings.changed',
    summary: 'The settings of a tenant were replaced.',
    payload: z.object({ version: z.int() }),
  },
})

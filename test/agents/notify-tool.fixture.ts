import { defineTool } from '@corbel/agents'
import * as z from 'zod'

/** Leads out of the system: after untrusted words it needs approval. */
export const notify = defineTool({
  name: 'notify',
  description: 'Tells somebody.',
  parameters: z.object({ text: z.string() }),
  effect: 'egress',
  trusted: true,
  execute: async () => 'told',
})

import { idSchema, PageQuery, pageOf, text } from '@corbel/core'
import * as z from 'zod'

export const SearchQuery = PageQuery.extend({
  q: text({ max: 256 }),
  limit: z.coerce.number().int().min(1).max(50).default(20),
})
export type SearchQuery = z.infer<typeof SearchQuery>

export const SearchHit = z.object({
  conversationId: idSchema('cnv'),
  title: z.string().nullable(),
  /** What was found; null when it is the title. */
  messageId: idSchema('itm').nullable(),
  role: z.enum(['user', 'assistant']).nullable(),
  snippet: z.object({
    text: z.string(),
    matches: z.array(z.object({ start: z.int(), length: z.int() })).readonly(),
  }),
  /** When it was said; of a title, when something was last said in the conversation. */
  at: z.iso.datetime(),
})
export type SearchHit = z.infer<typeof SearchHit>

/** `words`: by the words alone. A storage that can compare meanings will say so here. */
export const SearchPage = pageOf(SearchHit).extend({ mode: z.literal('words') })
export type SearchPage = z.infer<typeof SearchPage>

import * as z from 'zod'
import { defineErrors } from './errors.ts'

/** One page of a list and the cursor of the next one; `nextCursor` is null on the last page. */
export interface Page<T> {
  readonly data: readonly T[]
  readonly nextCursor: string | null
}

/** What a repository needs to read a page: how many rows, and the sort key of the last row seen. */
export interface PageRequest {
  readonly limit: number
  readonly after: string | null
}

export const PageErrors = defineErrors('page', {
  invalidCursor: {
    status: 400,
    title: 'The cursor is not valid.',
    fix: 'Pass the nextCursor of the previous page unchanged, or leave it out to start again.',
  },
})

const keyForm = /^[\w:.-]{1,200}$/

/** `?limit` (1-100, default 50) and an opaque `?cursor`. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(400).optional(),
})
export type PageQuery = z.infer<typeof PageQuery>

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item).readonly(), nextCursor: z.string().nullable() })

/** @throws `page/invalid-cursor` when the cursor is not one that {@link toPage} wrote. */
export function toPageRequest({ limit, cursor }: PageQuery): PageRequest {
  return { limit, after: cursor === undefined ? null : decode(cursor) }
}

/** Makes a page of rows read with one row more than asked for; `keyOf` is the sort key, unique within the list. */
export function toPage<T>(rows: readonly T[], limit: number, keyOf: (row: T) => string): Page<T> {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, nextCursor: rows.length > limit && last !== undefined ? encode(keyOf(last)) : null }
}

const encode = (key: string): string =>
  btoa(`1:${key}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

function decode(cursor: string): string {
  try {
    const [version, ...rest] = atob(cursor.replaceAll('-', '+').replaceAll('_', '/')).split(':')
    const key = rest.join(':')
    if (version === '1' && keyForm.test(key) && encode(key) === cursor) return key
  } catch {
    // Falls through: a cursor that is not base64url is as invalid as any other.
  }
  throw PageErrors.invalidCursor()
}

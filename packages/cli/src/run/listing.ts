import type { ListPage } from '../tools/payment-tools.ts'
import type { Result } from './envelope.ts'
import { textTable } from './table.ts'

/** A page of a list as a table, and how to go on. The cursor is the last line, so that a script finds it in text, too. */
export function listing<T>(
  { data, nextCursor }: ListPage<T>,
  head: readonly string[],
  cellsOf: (item: T) => readonly string[],
): Result {
  const table = textTable(head, data.map(cellsOf))
  return {
    data: { entries: data, nextCursor },
    text: nextCursor === null ? table : `${table}\nmore: --cursor ${nextCursor}`,
  }
}

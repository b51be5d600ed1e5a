import type { ItemContent } from '../ports/conversation-items.ts'

/**
 * The items without calls that have no result and results that have no call: a window may cut between the two, and providers refuse
 * either.
 */
export function pairedItems(items: readonly ItemContent[]): ItemContent[] {
  const calls = new Set(items.flatMap((item) => (item.type === 'function_call' ? [item.callId] : [])))
  const results = new Set(
    items.flatMap((item) => (item.type === 'function_call_result' ? [item.callId] : [])),
  )
  return items.filter((item) =>
    item.type === 'function_call'
      ? results.has(item.callId)
      : item.type === 'function_call_result'
        ? calls.has(item.callId)
        : true,
  )
}

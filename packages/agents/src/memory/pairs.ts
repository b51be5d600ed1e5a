import type { ItemContent } from '../ports/conversation-items.ts'

type Result = Extract<ItemContent, { readonly type: 'function_call_result' }>

/**
 * The items with each call followed by its one result before anybody speaks again, and neither without the other: providers refuse
 * anything else. A window may cut between the two, and of a process that went down or was thought to be, the result may be late, or
 * come twice; the first holds.
 */
export function pairedItems(items: readonly ItemContent[]): ItemContent[] {
  const results = new Map<string, Result>()
  for (const item of items)
    if (item.type === 'function_call_result' && !results.has(item.callId)) results.set(item.callId, item)
  const open = new Map<string, Result>()
  const paired: ItemContent[] = []
  for (const item of items) {
    if (item.type === 'function_call') {
      const result = results.get(item.callId)
      if (!result) continue
      results.delete(item.callId)
      open.set(item.callId, result)
      paired.push(item)
    } else if (item.type === 'function_call_result') {
      if (open.get(item.callId) === item && open.delete(item.callId)) paired.push(item)
    } else {
      if ('role' in item) {
        paired.push(...open.values())
        open.clear()
      }
      paired.push(item)
    }
  }
  return [...paired, ...open.values()]
}

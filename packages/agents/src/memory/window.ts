import { roleOf } from '../conversations/message.ts'
import { attachmentsOf, attachmentTokens } from '../files/attachment.ts'
import { tokensIn } from '../models/call-budget.ts'
import type { ConversationItem } from '../ports/conversation-items.ts'

/** The newest items that are together no longer than so many tokens, and those of the last turn however long they are. */
export function newestWithin(
  items: readonly ConversationItem[],
  tokens: number,
): readonly ConversationItem[] {
  const turn = items.findLastIndex(({ content }) => roleOf(content) === 'user')
  let start = items.length
  let left = tokens
  while (start > 0) {
    left -= tokensOfItem(items[start - 1])
    if (left < 0 && (turn === -1 || start <= turn)) break
    start -= 1
  }
  return items.slice(start)
}

function tokensOfItem(item: ConversationItem | undefined): number {
  if (item === undefined) return 0
  const attached = attachmentsOf(item.content).reduce((sum, each) => sum + attachmentTokens(each), 0)
  return tokensIn(JSON.stringify(item.content)) + attached
}

import { newId } from '@corbel/core'
import { describe, expect, test } from 'vitest'
import type { ConversationItem, ItemContent } from '../ports/conversation-items.ts'
import { pairedItems } from './pairs.ts'
import { newestWithin } from './window.ts'

const user = (text: string): ItemContent => ({ type: 'message', role: 'user', content: text })
const call = (callId: string): ItemContent => ({
  type: 'function_call',
  callId,
  name: 'look',
  arguments: '{}',
})
const result = (callId: string, text = 'r'): ItemContent => ({
  type: 'function_call_result',
  callId,
  name: 'look',
  status: 'completed',
  output: { type: 'text', text },
})
const items = (...contents: readonly ItemContent[]): readonly ConversationItem[] =>
  contents.map((content, index) => ({
    id: newId('itm'),
    runId: null,
    clientMessageId: null,
    createdAt: new Date(0),
    content,
    seq: index + 1,
  }))
const seqs = (window: readonly ConversationItem[]) => window.map(({ seq }) => seq)

describe('the window', () => {
  test('holds no more than so many tokens, but the whole last turn however long it is', () => {
    const long = items(user('a'.repeat(400)), user('b'.repeat(400)), user('c'.repeat(400)))
    expect(seqs(newestWithin(long, 1000))).toEqual([1, 2, 3])
    expect(seqs(newestWithin(long, 240))).toEqual([2, 3])
    expect(seqs(newestWithin(long, 1))).toEqual([3])
    const turn = items(user('old'), user('new'), call('1'), result('1', 'x'.repeat(4000)))
    expect(seqs(newestWithin(turn, 10))).toEqual([2, 3, 4])
    expect(newestWithin([], 10)).toEqual([])
  })

  test('never begins with a result whose call is cut off, or ends between the two, wherever it is cut', () => {
    let random = 7
    const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below
    for (let round = 0; round < 300; round++) {
      const contents = Array.from(
        { length: 1 + next(30) },
        (_, index) =>
          [user('u'.repeat(next(80))), call(`c${index}`), result(`c${index - 1 - next(2)}`)][next(3)],
      ).filter((each) => each !== undefined)
      const all = items(...contents)
      const window = pairedItems(
        newestWithin(all.slice(-1 - next(20)), next(400)).map(({ content }) => content),
      )
      const ids = (type: ItemContent['type']) =>
        window
          .flatMap((item) => (item.type === type && 'callId' in item ? [String(item.callId)] : []))
          .toSorted((a, b) => (a < b ? -1 : 1))
      expect(ids('function_call')).toEqual(ids('function_call_result'))
      expect(new Set(ids('function_call')).size).toBe(ids('function_call').length)
      const open = new Set<string>()
      for (const item of window) {
        if (item.type === 'function_call') open.add(item.callId)
        else if (item.type === 'function_call_result') expect(open.delete(item.callId)).toBe(true)
        else expect([...open]).toEqual([])
      }
    }
  })

  test('a result that comes late, or twice, stands behind its call, and the first holds', () => {
    const [a, b] = [call('a'), call('b')]
    const closed = result('a', 'interrupted')
    const late = [a, b, closed, user('next'), result('b'), result('a', 'done')]
    expect(pairedItems(late)).toEqual([a, b, closed, result('b'), user('next')])
  })
})

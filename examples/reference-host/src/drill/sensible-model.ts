import type { Asked, Reply } from './openai-server.ts'
import { turnOf } from './said.ts'

/** What a model would do in the drill: it looks at what it is asked, and at the tools that it is offered. */
export function sensibleAnswer({ said, tools }: Asked): Reply {
  const { wish, result } = turnOf(said)
  if (result !== null) return { say: `The tool says ${result}, and that is all there is to say about it.` }
  const [, quoted] = /"([^"]+)"/.exec(wish) ?? []
  if (quoted !== undefined && tools.includes('post_notice'))
    return { call: 'post_notice', args: { text: quoted } }
  if (tools.includes('summarize_numbers'))
    return { call: 'summarize_numbers', args: { numbers: (wish.match(/\d+/g) ?? []).map(Number) } }
  if (tools.includes('transfer_to_data')) return { call: 'transfer_to_data', args: {} }
  return { say: 'There is nothing that I could do about it.' }
}

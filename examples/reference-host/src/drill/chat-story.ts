import assert from 'node:assert/strict'
import type { Tour } from '../tour/tour.ts'
import { readRun, type RunEvent, saidIn } from './run-events.ts'
import { until } from './until.ts'

export interface AgentsDrill {
  readonly tour: Tour
  readonly token: string
}

const api = '/api/v1'
const numbers = 'Summarize these numbers with the data agent: 3, 4 and 8'
const notice = 'The build is green'

const isEnd = ({ chunk }: RunEvent): boolean => chunk.type === 'finish' || chunk.type === 'abort'
const typesIn = (events: readonly RunEvent[]): readonly string[] => events.map(({ chunk }) => chunk.type)

const reading = ({ tour, token }: AgentsDrill, path: string) => ({ url: `${tour.url}${api}${path}`, token })

/** Of a stream, by what its first chunk says. */
function runOf(events: readonly RunEvent[]): { readonly runId: string; readonly conversationId: string } {
  const { runId, conversationId } = events[0]?.chunk.messageMetadata ?? {}
  return { runId: String(runId), conversationId: String(conversationId) }
}

/** An agent hands over, the other uses its tool and answers; the reader loses the connection in the middle of it. */
export async function chatAndResume(drill: AgentsDrill): Promise<string> {
  const { tour } = drill
  const body = { message: numbers }
  const isWord = ({ chunk }: RunEvent) => chunk.type === 'text-delta'
  const seen = await readRun({ ...reading(drill, '/chat/stream'), body }, isWord)
  const { runId, conversationId } = runOf(seen)
  const last = seen.at(-1)?.id ?? 0
  const from = seen.find(({ chunk }) => chunk.type === 'data-agent')?.chunk.data
  assert.deepEqual([from?.['from'], from?.['name']], ['triage', 'data'])
  assert.ok(seen.some(({ chunk }) => chunk.toolName === 'summarize_numbers'))
  tour.tell(`asked: triage hands over to data, which uses summarize_numbers and begins to answer`)
  tour.tell(`the connection is cut after event ${last}, at "${saidIn(seen)}"`)
  const rest = await readRun({ ...reading(drill, `/agent-runs/${runId}/stream`), lastEventId: last })
  const all = [...seen, ...rest]
  assert.deepEqual(
    all.map(({ id }) => id),
    all.map((_, index) => index + 1),
    'events are lost or told twice',
  )
  assert.equal(all.filter(isEnd).length, 1, 'there is not one end')
  tour.tell(`resumed with Last-Event-ID ${last}: ${rest.length} more events, none twice, none missing`)
  const told = await tour.call('GET', `${api}/conversations/${conversationId}/messages?direction=asc`, drill)
  const messages = told.body['data'] as readonly { readonly text: string }[]
  assert.deepEqual(
    messages.map(({ text }) => text),
    [numbers, saidIn(all)],
  )
  tour.tell(`the conversation has the same words: "${saidIn(all)}"`)
  return conversationId
}

/** A call that leaves the house waits for its person, and is made once. */
export async function approve(drill: AgentsDrill, conversationId: string): Promise<void> {
  const { tour } = drill
  const body = { message: `Please /post_notice "${notice}"`, conversationId }
  const events = await readRun({ ...reading(drill, '/chat/stream'), body })
  const { runId } = runOf(events)
  assert.ok(typesIn(events).includes('tool-approval-request'), 'nobody is asked')
  const waiting = await tour.call('GET', `${api}/approvals`, drill)
  const [approval] = waiting.body['data'] as readonly Readonly<Record<string, unknown>>[]
  assert.deepEqual([approval?.['tool'], approval?.['arguments']], ['post_notice', { text: notice }])
  tour.tell(`post_notice waits for its person, who is shown ${JSON.stringify(approval?.['arguments'])}`)
  const path = `${api}/approvals/${String(approval?.['id'])}`
  const decision = { decision: 'approve', argumentsHash: approval?.['argumentsHash'] }
  await until('the run waits', async () => {
    const run = await tour.call('GET', `${api}/agent-runs/${runId}`, drill)
    return run.body['status'] === 'waiting'
  })
  await tour.show('approved', 200, 'POST', path, { token: drill.token, body: decision })
  await tour.show('approved again', 409, 'POST', path, { token: drill.token, body: decision })
  const lastEventId = events.at(-1)?.id ?? 0
  const rest = await readRun({ ...reading(drill, `/agent-runs/${runId}/stream`), lastEventId })
  const outputs = rest.filter(({ chunk }) => chunk.type === 'tool-output-available')
  assert.equal(outputs.length, 1)
  tour.tell(`the run goes on: ${JSON.stringify(outputs[0]?.chunk.output)}, "${saidIn(rest)}"`)
}

/** What was said is found, and can be taken along. */
export async function searchAndExport(drill: AgentsDrill, conversationId: string): Promise<void> {
  const { tour, token } = drill
  const found = await tour.call('GET', `${api}/conversations/search?q=summarize`, drill)
  const hits = found.body['data'] as readonly unknown[]
  assert.ok(JSON.stringify(hits).includes(conversationId), 'the conversation is not found')
  tour.tell(`searched for "summarize": ${hits.length} found`)
  const exported = async (format: string) => {
    const path = `${api}/conversations/${conversationId}/export?format=${format}`
    const response = await fetch(`${tour.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(response.status, 200)
    return response.text()
  }
  const lines = (await exported('ndjson')).trim().split('\n')
  const kinds = lines.map((line) => (JSON.parse(line) as { readonly type: string }).type)
  assert.equal(kinds[0], 'conversation')
  assert.ok(kinds.length > 8 && kinds.slice(1).every((kind) => kind === 'event'))
  tour.tell(`exported as NDJSON: ${lines.length} lines, calls and results included`)
  const markdown = await exported('markdown')
  assert.equal(markdown.match(/^## (User|Assistant)/gm)?.length, 4)
  assert.ok(markdown.includes(numbers))
  tour.tell(`exported as Markdown: ${markdown.match(/^## .*/gm)?.length} messages`)
}

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { approve, chatAndResume, searchAndExport } from './drill/chat-story.ts'
import { openOpenaiServer } from './drill/openai-server.ts'
import { sensibleAnswer } from './drill/sensible-model.ts'
import { type Environment, spawnHost } from './spawn-host.ts'
import { newMember } from './tour/member.ts'
import { Tour } from './tour/tour.ts'

// `npm run drill:agents`: a conversation with agents without any key, and the same through the client of OpenAI, on both of its APIs,
// against a server on this machine that is as strict. Ends with 1 at the first surprise.

/** The same story on a host of its own. Returns how many steps it had. */
async function tell(title: string, settings: Environment): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'corbel-drill-'))
  const host = await spawnHost({ CORBEL_DATA_DIR: folder, ...settings })
  try {
    const tour = new Tour(host.url, join(folder, 'inbox'))
    tour.chapter(`${title}, on ${host.url} with an empty database`)
    const { accessToken: token } = await newMember(tour, 'owner@example.com', 'Drilled')
    const drill = { tour, token }
    const agents = await tour.call('GET', '/api/v1/agents/triage/status', drill)
    const { status, provider, model } = agents.body
    tour.tell(`triage is ${String(status)}: ${String(model)} of ${String(provider)}`)
    const conversationId = await chatAndResume(drill)
    await approve(drill, conversationId)
    await searchAndExport(drill, conversationId)
    return tour.steps
  } catch (error) {
    console.error(host.stderr.split('\n').slice(-5).join('\n'))
    throw error
  } finally {
    await host.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

const server = await openOpenaiServer(sensibleAnswer)
try {
  let steps = await tell('Without a key', {})
  assert.equal(server.asked.length, 0)
  for (const api of ['responses', 'chat'] as const) {
    const settings = { OPENAI_API_KEY: server.key, OPENAI_BASE_URL: server.baseUrl, OPENAI_API: api }
    const before = server.asked.length
    steps += await tell(`Through the ${api} API of OpenAI`, settings)
    const asked = server.asked.slice(before)
    // Triage, data and its answer; then triage with its notice, and the answer.
    assert.deepEqual([asked.length, new Set(asked.map((each) => each.api))], [5, new Set([api])])
    console.log(`      the provider was asked ${asked.length} times, with no call without its result`)
  }
  assert.deepEqual(server.refused, [])
  console.log(`\n${steps} steps, no surprise`)
} finally {
  await server.close()
}

import { Agent, handoff, Runner, tool } from '@openai/agents-core'
import { newId } from '@corbel/core'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { offlineModels } from './models.offline.ts'

const model = await offlineModels({ pauseMs: 0 }).model(newId('ten'), 'any')
const calls: unknown[] = []
const sum = tool({
  name: 'sum_numbers',
  description: 'Adds numbers.',
  parameters: z.object({ numbers: z.array(z.number()) }),
  execute: async ({ numbers }) => {
    calls.push(numbers)
    return `${numbers.reduce((a, b) => a + b, 0)}`
  },
})
const data = new Agent({ name: 'data', instructions: 'data', model, tools: [sum] })
const triage = new Agent({
  name: 'triage',
  instructions: 'triage',
  model,
  handoffs: [handoff(data, { toolDescriptionOverride: 'Works on numbers' })],
})
const runner = new Runner({ tracingDisabled: true })

describe('offline models', () => {
  it('hands over, calls the tool with what was said, and says what it returned', async () => {
    const result = await runner.run(triage, 'Please sum the numbers 1, 2 and 39')
    expect(calls).toEqual([[1, 2, 39]])
    expect(result.lastAgent?.name).toBe('data')
    expect(result.finalOutput).toBe('[offline model] sum_numbers says 42.')
  })

  it('says that no model is configured, in pieces that make up the whole', async () => {
    const result = await runner.run(triage, 'hello there', { stream: true })
    let streamed = ''
    for await (const event of result)
      if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta')
        streamed += event.data.delta
    await result.completed
    expect(streamed).toContain('OPENAI_API_KEY')
    expect(streamed).toBe(result.finalOutput)
  })

  it('names the setting that replaces it', () => {
    expect(offlineModels().adapter.standIn?.setting).toBe('OPENAI_API_KEY')
  })
})

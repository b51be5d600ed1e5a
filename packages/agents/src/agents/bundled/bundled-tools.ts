import { systemClock } from '@corbel/core'
import * as z from 'zod'
import { AgentsEvents } from '../../agents-events.ts'
import { defineTool } from '../../tools/tool.ts'

export const currentTime = defineTool({
  name: 'current_time',
  description: 'Tells the time now, in UTC.',
  parameters: z.object({}),
  effect: 'read',
  capabilities: ['time'],
  core: true,
  trusted: true,
  execute: async () => ({ utc: systemClock.now().toISOString() }),
})

export const summarizeNumbers = defineTool({
  name: 'summarize_numbers',
  description: 'Count, sum, mean, median, least and greatest of a list of numbers.',
  parameters: z.object({ numbers: z.array(z.number()).min(1).max(10_000) }),
  effect: 'read',
  capabilities: ['statistics'],
  trusted: true,
  async execute({ numbers }) {
    const sorted = numbers.toSorted((a, b) => a - b)
    const sum = numbers.reduce((total, number) => total + number, 0)
    const middle = Math.floor(sorted.length / 2)
    const upper = sorted[middle] ?? 0
    const median = sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
    return {
      count: numbers.length,
      sum,
      mean: sum / numbers.length,
      median,
      min: sorted[0],
      max: sorted.at(-1),
    }
  },
})

export const checkJson = defineTool({
  name: 'check_json',
  description: 'Tells whether a text is JSON, and if not, where it breaks.',
  parameters: z.object({ text: z.string().max(100_000) }),
  effect: 'read',
  capabilities: ['code'],
  async execute({ text }) {
    try {
      const value: unknown = JSON.parse(text)
      return { valid: true, kind: Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value }
    } catch (error) {
      return { valid: false, problem: error instanceof Error ? error.message : 'not JSON' }
    }
  },
})

/** Reaches the tenant's webhooks. An example of what a person agrees to first. */
export const postNotice = defineTool({
  name: 'post_notice',
  description: 'Posts a short notice to the systems that the tenant has connected by webhooks.',
  parameters: z.object({ text: z.string().min(1).max(500) }),
  effect: 'egress',
  capabilities: ['notices'],
  approval: 'always',
  trusted: true,
  async execute({ text }, { caller, conversationId, runId, callId, record }) {
    await record(
      AgentsEvents.noticePosted(caller.tenantId, {
        userId: caller.userId,
        conversationId,
        runId,
        callId,
        text,
      }),
    )
    return { posted: true }
  },
})

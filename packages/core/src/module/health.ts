import * as z from 'zod'
import type { PortAdapter } from '../ports/adapter.ts'

export const Readiness = z.object({
  status: z.enum(['ready', 'starting', 'stopping', 'unavailable']),
  ports: z.record(
    z.string(),
    z.object({
      adapter: z.string(),
      status: z.enum(['up', 'down']),
      /** Round trip in milliseconds. */
      latencyMs: z.number(),
    }),
  ),
})
export type Readiness = z.infer<typeof Readiness>

// A port that takes longer is of no use to a request either.
const deadlineMs = 2_000

/** Asks every port that can be asked, all at once, each within 2 s. */
export async function checkPorts(ports: Readonly<Record<string, PortAdapter>>): Promise<Readiness['ports']> {
  const entries = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => {
      const started = performance.now()
      const up = await answers(port)
      const latencyMs = Math.round((performance.now() - started) * 100) / 100
      return [name, { adapter: port.adapter.name, status: up ? 'up' : 'down', latencyMs }] as const
    }),
  )
  return Object.fromEntries(entries)
}

async function answers(port: PortAdapter): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), deadlineMs)
  })
  try {
    await Promise.race([port.check?.(), late])
    return true
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

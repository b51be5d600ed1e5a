import { systemClock } from '@corbel/core'
import type { Action } from '../run/command.ts'
import { withDatabase } from './with-database.ts'

export const action: Action = (invocation) =>
  withDatabase(invocation, async (database) => {
    const before = systemClock.now()
    await database.check()
    const latencyMs = Number(systemClock.now()) - Number(before)
    return {
      data: { name: database.name, latencyMs },
      text: `${database.name} answers after ${latencyMs} ms.`,
    }
  })

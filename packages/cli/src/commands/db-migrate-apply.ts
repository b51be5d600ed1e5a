import type { Action } from '../run/command.ts'
import { withDatabase } from './with-database.ts'

export const action: Action = (invocation) =>
  withDatabase(invocation, async (database) => {
    invocation.progress(`Migrating ${database.name}; all that is pending or nothing.`)
    const applied = await database.apply()
    return {
      data: { applied },
      text:
        applied.length === 0
          ? 'Nothing was pending.'
          : `Applied:\n${applied.map((name) => `  ${name}`).join('\n')}`,
    }
  })

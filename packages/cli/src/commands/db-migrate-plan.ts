import type { Action } from '../run/command.ts'
import { withDatabase } from './with-database.ts'

export const action: Action = (invocation) =>
  withDatabase(invocation, async (database) => {
    const { pending } = await database.plan()
    return {
      data: pending.map(({ name, sql }) => ({ name, sql })),
      text: pending.map(({ name, sql }) => `-- ${name}\n${sql.trim()}\n`).join('\n') || 'Nothing is pending.',
      ...(pending.length > 0 && { next: [{ command: 'corbel db migrate apply', when: 'you agree' }] }),
    }
  })

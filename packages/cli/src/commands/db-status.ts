import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { withDatabase } from './with-database.ts'

export const action: Action = (invocation) =>
  withDatabase(invocation, async (database) => {
    const { applied, pending } = await database.plan()
    const data = { name: database.name, applied, pending: pending.map(({ name }) => name) }
    if (pending.length === 0) return { data, text: `The schema is up to date: ${applied.length} migrations.` }
    throw new CliError('conflict', {
      code: 'database/pending',
      message: `The database lacks ${pending.length} of ${applied.length + pending.length} migrations.`,
      why: data.pending.join(', '),
      fix: 'Look at them with "corbel db migrate plan", then apply them.',
      next: 'corbel db migrate apply',
      data,
    })
  })

import { MigrationError } from '@corbel/adapters/kysely'
import { StartFailed, StartRefused } from '@corbel/core'
import { HostError } from './host-error.ts'

/** What to print about a failed start: a report for what an operator can fix, a stack trace only for what nobody expected. */
export function failureReport(error: unknown): string {
  if (error instanceof HostError || error instanceof StartRefused || error instanceof MigrationError) {
    return error.message
  }
  if (error instanceof StartFailed) return `${error.message}${hint(error.cause)}`
  if (error instanceof Error && connectionCode(error) !== undefined) return `${error.message}${hint(error)}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function hint(cause: unknown): string {
  const code = connectionCode(cause)
  if (code === undefined) return ''
  return `\nCause: ${code}. Is the database that DATABASE_URL names there, and does it let this host in?`
}

/** System code or SQLSTATE (28: authorization, 3D: no such database) at the bottom of a chain of causes. */
function connectionCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { readonly code?: unknown }
    if (typeof code === 'string' && /^(?:E[A-Z_]+|28\w{3}|3D\w{3})$/.test(code)) return code
  }
  return undefined
}

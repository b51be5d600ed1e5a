import { type Profile, systemClock } from '@corbel/core'
import type { DatabaseReport } from '../tools/server-reports.ts'
import type { Finding } from './finding.ts'

// The first major version that the stack is tested on.
const leastVersion = 14

// Tokens and leases allow for no more.
const mostSkewMs = 5_000

/** What a server says of itself that the stack cannot or should not live with. */
export function serverFindings(
  subject: string,
  report: DatabaseReport,
  profile: Profile | undefined,
): readonly Finding[] {
  const { version, encoding, bypassesRowSecurity, readOnly, tls, now, connections } = report
  const isShared = profile !== 'local'
  const skewMs = Math.abs(Number(systemClock.now()) - Number(now))
  const found: readonly (readonly [isWrong: boolean, finding: Omit<Finding, 'subject'>])[] = [
    [
      version < leastVersion,
      {
        id: 'database.old',
        severity: 'error',
        what: `is Postgres ${version}`,
        fix: `Use Postgres ${leastVersion} or newer.`,
      },
    ],
    [
      encoding !== 'UTF8',
      {
        id: 'database.encoding',
        severity: 'error',
        what: `has the encoding ${encoding}`,
        why: 'Names and messages of people would be refused.',
        fix: 'Create the database with encoding UTF8 and move into it.',
      },
    ],
    [
      bypassesRowSecurity,
      {
        id: 'database.sees-all-tenants',
        severity: isShared ? 'error' : 'warning',
        what: 'is entered by a role that sees through row-level security',
        why: 'Tenants are kept apart by the application alone.',
        fix: 'Connect as a role that is no superuser and has no BYPASSRLS.',
      },
    ],
    [
      readOnly,
      {
        id: 'database.read-only',
        severity: 'error',
        what: 'takes no writes',
        why: 'It is a standby, or default_transaction_read_only is on.',
        fix: 'Name the primary.',
      },
    ],
    [
      isShared && tls === false,
      {
        id: 'database.plaintext',
        severity: 'error',
        what: 'is spoken to in the clear',
        fix: 'Add sslmode=verify-full to the connection string.',
      },
    ],
    [
      skewMs > mostSkewMs,
      {
        id: 'database.clock',
        severity: 'error',
        what: `has a clock that is ${Math.round(skewMs / 1000)} s away from that of this machine`,
        why: 'Tokens and leases end at another time than it seems.',
        fix: 'Have both follow an NTP server.',
      },
    ],
    [
      connections.used * 10 >= connections.most * 9,
      {
        id: 'database.full',
        severity: 'warning',
        what: `has ${connections.used} of ${connections.most} connections in use`,
        fix: 'Raise max_connections, make the pools smaller, or put PgBouncer between.',
      },
    ],
  ]
  return found.flatMap(([isWrong, finding]) => (isWrong ? [{ ...finding, subject }] : []))
}

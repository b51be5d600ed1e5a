import type { DatabaseTools } from '../config.ts'
import { toCliError } from '../run/to-cli-error.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'
import { serverFindings } from './database-server.ts'
import { unusable } from './unusable.ts'

/** Whether it answers, and whether its schema is that of this version. */
export async function checkDatabase({
  config,
  source,
  progress,
  inspected,
}: Facts): Promise<readonly Finding[]> {
  const { database } = config
  if (!database)
    return [{ id: 'database', severity: 'skipped', subject: 'database', what: 'is not in the configuration' }]
  const { setting } = database
  if (unusable(inspected, setting))
    return [{ id: 'database', severity: 'skipped', subject: setting, what: 'has to be put right first' }]
  progress('database')
  let open: DatabaseTools | undefined
  try {
    open = await database.open(source)
    await open.check()
    const server = open.inspect ? serverFindings(setting, await open.inspect(), inspected.profile) : []
    return [...server, ...(await schema(open, database.open.bind(database, source)))]
  } catch (error) {
    const { ending, details } = toCliError(error)
    return [
      {
        id: `database.${isAbsent(error) ? 'absent' : ending === 'denied' || ending === 'conflict' ? ending : 'unavailable'}`,
        severity: 'error',
        subject: setting,
        what: 'names a database that cannot be used',
        why: details.message,
        fix: details.fix,
      },
    ]
  } finally {
    await open?.close()
  }
}

/** SQLSTATE 3D000: the server answers, and has no database of that name. */
function isAbsent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as { readonly code?: unknown }).code === '3D000') return true
  return false
}

async function schema(
  open: DatabaseTools,
  reopen: () => Promise<DatabaseTools>,
): Promise<readonly Finding[]> {
  const { applied, pending } = await open.plan()
  if (pending.length === 0)
    return [
      {
        id: 'database',
        severity: 'ok',
        subject: open.name,
        what: `answers, and has all ${applied.length} migrations`,
      },
    ]
  return [
    {
      id: 'database.pending',
      severity: 'warning',
      subject: open.name,
      what: `lacks ${pending.length} migration(s)`,
      why: pending.map(({ name }) => name).join(', '),
      fix: 'Look at them with "corbel db migrate plan", then apply them.',
      next: 'corbel db migrate apply',
      // An empty database has nothing to lose; what holds data is migrated by somebody who has read the plan.
      ...(applied.length === 0 && {
        repair: async () => {
          const again = await reopen()
          try {
            return `Applied ${(await again.apply()).length} migrations to an empty database.`
          } finally {
            await again.close()
          }
        },
      }),
    },
  ]
}

import { readFileSync } from 'node:fs'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import type { Overrides } from '../tools/usage-tools.ts'
import { withStack } from './with-stack.ts'

export type SyncFlags = { readonly dryRun: boolean; readonly prune: boolean }

interface Change {
  readonly tenantId: string
  readonly change: Overrides
}

/** Brings what is granted by hand to what a file says, tenant by tenant. What plans include needs no file: it is declared. */
export const action: Action<SyncFlags, [string]> = (invocation, { dryRun, prune }, path) => {
  const wanted = readWanted(invocation.resolve(path))
  return withStack(invocation, 'usage', async (usage) => {
    const changes: Change[] = []
    for (const [tenantId, entitlements] of Object.entries(wanted)) {
      const change = differences(await usage.overrides(tenantId), entitlements, prune)
      if (Object.keys(change).length > 0) changes.push({ tenantId, change })
    }
    if (!dryRun) for (const { tenantId, change } of changes) await usage.override(tenantId, change)
    return {
      data: { changes, applied: !dryRun },
      text: [
        ...changes.flatMap(({ tenantId, change }) =>
          Object.entries(change).map(
            ([key, value]) => `${tenantId}  ${key} = ${value ?? 'as the plan says'}`,
          ),
        ),
        changes.length === 0 ? 'Everything is as the file says.' : dryRun ? 'Nothing was changed.' : 'Done.',
      ].join('\n'),
    }
  })
}

function differences(present: Overrides, wanted: Overrides, prune: boolean): Overrides {
  const dropped = prune ? Object.keys(present).filter((key) => !Object.hasOwn(wanted, key)) : []
  return Object.fromEntries([
    ...Object.entries(wanted).filter(([key, value]) => (present[key] ?? null) !== value),
    ...dropped.map((key) => [key, null] as const),
  ])
}

function readWanted(path: string): Readonly<Record<string, Overrides>> {
  try {
    const wanted: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (
      isRecord(wanted) &&
      Object.values(wanted).every((each) => isRecord(each) && Object.values(each).every(isValue))
    )
      return wanted as Readonly<Record<string, Overrides>>
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== undefined) throw unreadable(path, `It cannot be read (${code}).`)
  }
  throw unreadable(path, 'It is not what is expected.')
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isValue = (value: unknown): boolean =>
  value === null || typeof value === 'boolean' || (Number.isSafeInteger(value) && (value as number) >= 0)

const unreadable = (path: string, why: string): CliError =>
  new CliError('usage', {
    code: 'usage/unreadable',
    message: `${path} does not say what tenants are granted; nothing was changed.`,
    why,
    fix: 'Write { "<id of a tenant>": { "<feature>": true, "<counted feature>": 20 } }; null takes a grant away.',
  })

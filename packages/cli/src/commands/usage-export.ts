import { writeFileAtomically } from '../env-file/write-file.ts'
import type { Action } from '../run/command.ts'
import { textTable } from '../run/table.ts'
import type { UsageRow } from '../tools/usage-tools.ts'
import { withStack } from './with-stack.ts'

export type UsageExportFlags = {
  readonly from?: string
  readonly until?: string
  readonly tenant?: string
  readonly csv?: string
  readonly warnAt: number
}

const head = ['Tenant', 'Name', 'Plan', 'Feature', 'From', 'Until', 'Used', 'Limit'] as const

export const action: Action<UsageExportFlags> = (invocation, { from, until, tenant, csv, warnAt }) =>
  withStack(invocation, 'usage', async (usage) => {
    const rows = await usage.report({
      ...(from !== undefined && { from }),
      ...(until !== undefined && { until }),
      ...(tenant !== undefined && { tenantId: tenant }),
    })
    const file = csv === undefined ? null : invocation.resolve(csv)
    if (file !== null) writeFileAtomically(file, csvText([head, ...rows.map(cells)]))
    const near = rows.filter(({ used, limit }) => limit !== null && Number(used) * 100 >= limit * warnAt)
    return {
      data: { rows, file },
      text: file ?? textTable(head, rows.map(cells)),
      warnings: near.map(
        ({ tenantId, feature, used, limit }) => `${tenantId} has used ${used} of ${limit} ${feature}.`,
      ),
    }
  })

const cells = ({ tenantId, tenantName, planCode, feature, from, until, used, limit }: UsageRow) => [
  tenantId,
  tenantName,
  planCode ?? '',
  feature,
  from,
  until,
  used,
  limit === null ? '' : String(limit),
]

/** RFC 4180. A text that a spreadsheet would run begins with an apostrophe: tenants choose their names. */
const csvText = (rows: readonly (readonly string[])[]): string =>
  rows
    .map((row) =>
      row
        .map((cell) => (/^[=+@\t\r]|^-(?!\d)/.test(cell) ? `'${cell}` : cell))
        .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
        .join(','),
    )
    .map((line) => `${line}\r\n`)
    .join('')

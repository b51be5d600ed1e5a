import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { inventoryDrift } from '../commands/env-inventory.ts'
import { logFiles } from '../logs/log-folder.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'

const inventoryPath = 'docs/settings-inventory.md'

// A gigabyte: more than anybody searches by hand.
const largestLog = 1 << 30

/** What is kept beside the configuration: the inventory of settings, the logs. */
export const checkProject = async (facts: Facts): Promise<readonly Finding[]> => [
  ...inventoryFindings(facts),
  ...(await logFindings(facts)),
]

function inventoryFindings({ description, folder }: Facts): readonly Finding[] {
  const path = join(folder, inventoryPath)
  if (!existsSync(path)) return []
  const names = Object.values(inventoryDrift(description, path)).flat()
  if (names.length === 0) return []
  return [
    {
      id: 'inventory.drift',
      severity: 'warning',
      subject: path,
      what: 'is not what the stack declares',
      why: names.join(', '),
      fix: 'Write it anew and commit it.',
      next: 'corbel env inventory write',
    },
  ]
}

async function logFindings({ config, source }: Facts): Promise<readonly Finding[]> {
  if (!config.logs) return []
  return logFiles(await config.logs.folder(source))
    .filter(({ bytes }) => bytes > largestLog)
    .map(({ path }) => ({
      id: 'logs.large',
      severity: 'warning',
      subject: path,
      what: 'is larger than a gigabyte',
      fix: 'Have it rotated, and pack what is old.',
      next: 'corbel logs archive',
    }))
}

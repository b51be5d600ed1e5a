import { checkDatabase } from './check-database.ts'
import { checkEnvFiles } from './check-env-files.ts'
import { checkNode } from './check-node.ts'
import { checkProject } from './check-project.ts'
import { checkProviders } from './check-providers.ts'
import { checkRedis } from './check-redis.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkSettings } from './check-settings.ts'
import { checkStack } from './check-stack.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'

/** In the order in which one would put things right. */
const checks: readonly ((facts: Facts) => Promise<readonly Finding[]>)[] = [
  checkNode,
  checkEnvFiles,
  checkSettings,
  checkDatabase,
  checkRedis,
  checkStack,
  checkSecrets,
  checkProviders,
  checkProject,
]

/** One after the other: an embedded database serves one of them at a time. */
export async function runChecks(facts: Facts): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const check of checks) findings.push(...(await check(facts)))
  return findings
}

import type { Profile } from '@corbel/core'
import type { RedisReport } from '../tools/server-reports.ts'
import type { Finding } from './finding.ts'

// The first one with everything that the adapters ask for.
const leastVersion = [6, 2] as const

export function redisFindings(
  subject: string,
  report: RedisReport,
  profile: Profile | undefined,
): readonly Finding[] {
  const { version, evictionPolicy, tls, authenticated, role = 'master', memory } = report
  const isShared = profile !== 'local'
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const found: readonly (readonly [isWrong: boolean, finding: Omit<Finding, 'subject'>])[] = [
    [
      evictionPolicy.startsWith('allkeys'),
      {
        id: 'redis.evicts',
        severity: 'warning',
        what: `has the policy ${evictionPolicy}`,
        why: 'When its memory is full it may throw away event streams and locks.',
        fix: 'Set maxmemory-policy to noeviction or volatile-ttl.',
      },
    ],
    [
      major < leastVersion[0] || (major === leastVersion[0] && minor < leastVersion[1]),
      {
        id: 'redis.old',
        severity: 'error',
        what: `is Redis ${version}`,
        fix: `Use Redis ${leastVersion.join('.')} or newer.`,
      },
    ],
    [
      role !== 'master',
      {
        id: 'redis.replica',
        severity: 'error',
        what: 'is a replica and takes no writes',
        fix: 'Name the primary.',
      },
    ],
    [
      isShared && !tls,
      {
        id: 'redis.plaintext',
        severity: 'error',
        what: 'is spoken to in the clear',
        fix: 'Use rediss:// in the address.',
      },
    ],
    [
      isShared && !authenticated,
      {
        id: 'redis.open',
        severity: 'error',
        what: 'lets everybody in',
        fix: 'Set requirepass or an ACL, and put the password into the address.',
      },
    ],
    [
      memory !== undefined && memory.most > 0 && memory.used * 10 >= memory.most * 9,
      {
        id: 'redis.full',
        severity: 'warning',
        what: 'has nine tenths of its memory in use',
        why: 'Once it is full, rate limits and streams fail or are thrown away.',
        fix: 'Raise maxmemory.',
      },
    ],
  ]
  const wrong = found.flatMap(([isWrong, finding]) => (isWrong ? [{ ...finding, subject }] : []))
  return wrong.length > 0
    ? wrong
    : [{ id: 'redis', severity: 'ok', subject, what: `answers: Redis ${version}, ${evictionPolicy}` }]
}

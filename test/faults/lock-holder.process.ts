import { once } from 'node:events'
import { redisClientOptions, redisLock } from '@corbel/adapters/redis'
import { Redis } from 'ioredis'
import pg from 'pg'

// Takes a lock, and writes when it is told, believing that it still has it:
// `node lock-holder.process.ts <postgres> <redis> <prefix> <schema> fenced|trusting <name> <lease>`.
const [, , connectionString = '', redisUrl = '', prefix = '', schema = '', guard, name = '', leaseMs] =
  process.argv
const client = new pg.Client({ connectionString })
await client.connect()
const redis = new Redis(redisUrl, redisClientOptions)
const lease = await redisLock({ client: redis, prefix }).acquire(name, { leaseMs: Number(leaseMs) })
process.stdout.write(lease === null ? 'refused\n' : 'held\n')
await once(process.stdin, 'data')
await client.query(
  `update ${schema}.guarded set token = $2, writer = 'paused' where name = $1 ${guard === 'fenced' ? 'and token <= $2' : ''}`,
  [name, lease?.token ?? 0],
)
process.exit(0)

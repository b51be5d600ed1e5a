import { redisRateLimiter } from '@corbel/adapters/redis'
import { silentLogger } from '@corbel/core/ports'
import { connect } from '../redis.ts'

// One of the processes that share a limit: takes so often, and prints how often it was let through, and whether what it was told
// is left ever grew.
const [, , url = '', prefix = '', takes = '', limit = ''] = process.argv
const client = connect(url)
const limiter = redisRateLimiter({ client, logger: silentLogger, prefix })
const quota = { limit: Number(limit), windowMs: 3_600_000 }

let allowed = 0
const batch = 50
for (let left = Number(takes); left > 0; left -= batch) {
  const decisions = await Promise.all(
    Array.from({ length: Math.min(batch, left) }, () => limiter.take('key', quota)),
  )
  allowed += decisions.filter((decision) => decision.allowed).length
}
process.stdout.write(`${allowed}\n`)
client.disconnect()

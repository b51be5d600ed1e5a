import { setTimeout as delay } from 'node:timers/promises'
import { applyMigrations } from '@corbel/adapters/kysely'
import { postgresDialect } from '@corbel/adapters/postgres'
import { redisEventStream } from '@corbel/adapters/redis'
import { newId } from '@corbel/core'
import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { test } from 'vitest'
import { openRedis, redisUrl } from '../redis.ts'
import { postgresUrl } from '../storages.ts'
import { type FeedReader, judgeFeed, readFeed } from './feed-reader.fixture.ts'
import { endChild } from './postgres-cluster.fixture.ts'
import { feedStream, startReplica } from './replica.fixture.ts'
import { expectFault } from './report.fixture.ts'

const readers = 20
const cutsWanted = 1000
const mostBytes = 600
const waitMs = 10

const [postgres, redis] = [await postgresUrl(), await redisUrl()]
const anywhere = () => Math.floor(Math.random() * mostBytes)

const judge = (feeds: readonly FeedReader[], count: number) => {
  const verdicts = feeds.map((feed) => judgeFeed(feed, count))
  const sum = (of: (verdict: (typeof verdicts)[number]) => number) =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0)
  return { lost: sum(({ lost }) => lost), repeated: sum(({ repeated }) => repeated) }
}

const demandsOf = ({ lost, repeated }: ReturnType<typeof judge>) => ({
  'no event is lost': lost === 0,
  'no event is repeated': repeated === 0,
})

test.skipIf(postgres === null || redis === null)(
  'F15: readers that are cut off at any byte miss no event and get none twice',
  async () => {
    const schema = newId('corbel_test')
    const databaseUrl = new URL(postgres ?? '')
    databaseUrl.searchParams.set('options', `-c search_path=${schema}`)
    const pool = new pg.Pool({ connectionString: databaseUrl.href, max: 1 })
    const db = new Kysely<unknown>({ dialect: postgresDialect({ pool }) })
    await sql`create schema ${sql.id(schema)}`.execute(db)
    const opened = await openRedis(redis ?? '')
    const prefix = opened.prefix()
    const stream = redisEventStream({ client: opened.client, prefix, maxLength: 100_000, deadlineMs: 20_000 })
    await applyMigrations(db)
    const replica = await startReplica({
      databaseUrl: databaseUrl.href,
      redisUrl: redis ?? '',
      prefix,
      port: 0,
      mode: 'gentle',
    })
    const url = `http://127.0.0.1:${replica.port}/feed`
    let feeds: readonly FeedReader[] = []
    let control: FeedReader | undefined
    try {
      // There is no event yet: headers that wait for the first one never come, and this test never ends.
      const quiet = await fetch(url)
      await quiet.body?.cancel()

      feeds = Array.from({ length: readers }, () => readFeed(url, { cutAfter: anywhere, waitMs }))
      control = readFeed(url, { cutAfter: anywhere, waitMs, resumes: false })
      const cuts = () => feeds.reduce((sum, { ends }) => sum + ends.broken, 0)
      let events = 0
      while (cuts() < cutsWanted) {
        await stream.append(feedStream, String(events + 1))
        events++
        await delay(5)
      }
      const all = events
      while (feeds.some(({ numbers }) => numbers.at(-1) !== all)) await delay(20)
      const verdict = judge(feeds, events)
      const bad = judge([control], events)
      expectFault(
        'F15',
        { readers, cuts: cuts(), events, ...verdict, controlLost: bad.lost, controlRepeated: bad.repeated },
        demandsOf(verdict),
        demandsOf(bad),
      )
    } finally {
      for (const feed of [...feeds, ...(control ? [control] : [])]) feed.close()
      await endChild(replica.child)
      await opened.close()
      await sql`drop schema ${sql.id(schema)} cascade`.execute(db)
      await db.destroy()
    }
  },
)

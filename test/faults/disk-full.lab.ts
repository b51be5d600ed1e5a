import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { filesystemObjectStore } from '@corbel/adapters/filesystem'
import { inboxMailer } from '@corbel/adapters/inbox'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { HostProcess } from '../../examples/reference-host/src/spawn-host.ts'
import { tempFolder } from '../host/temp-folder.fixture.ts'
import {
  ask,
  bearer,
  isAlive,
  newToken,
  postRegistration,
  startHost,
  type Told,
} from './fault-host.fixture.ts'
import { asAdmin, audit, keepEvents } from './invariants.fixture.ts'
import { hasPostgresServer, type PostgresCluster, startCluster } from './postgres-cluster.fixture.ts'
import { expectFault } from './report.fixture.ts'
import { mountTmpfs, type Tmpfs } from './tmpfs.fixture.ts'

// Small enough to be filled at once; a new cluster takes 40 MB, and what it logs a segment of 16 MB at a time.
const diskMb = 200

const registrations = 15

const probe = mountTmpfs(join(tempFolder(), 'probe'), 1)
probe?.close()
const mayMount = probe !== null

function expectMount(path: string, megabytes: number): Tmpfs {
  const disk = mountTmpfs(path, megabytes)
  if (disk === null) throw new Error('A file system could be mounted a moment ago.')
  return disk
}

const isClean = ({ status, retryAfter }: Told, good: number): boolean =>
  status === good || (status === 503 && retryAfter !== null)

async function until(reached: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await reached())) await delay(50)
}

/** Replaces the settings by ones that fill a page. */
async function replaceSettings(host: HostProcess, token: string): Promise<Told> {
  const url = `${host.url}/api/v1/tenants/settings`
  const current = await fetch(url, { headers: bearer(token) })
  await current.arrayBuffer()
  const flags = Object.fromEntries(
    Array.from({ length: 100 }, (_, n) => [`f${crypto.randomUUID()}-${n}`, true]),
  )
  return ask(url, {
    method: 'PUT',
    headers: {
      ...bearer(token),
      'content-type': 'application/json',
      'if-match': current.headers.get('etag') ?? '',
    },
    body: JSON.stringify({ billingContacts: [], flags }),
  })
}

/** What a host answers before, while and after its database takes no writes. */
async function writeThrough(
  cluster: PostgresCluster,
  refuse: () => Promise<void>,
  allow: () => Promise<void>,
) {
  const host = await startHost(tempFolder(), { DATABASE_URL: cluster.url })
  const naive = await startNaive(cluster.url)
  try {
    await keepEvents(asAdmin(cluster.url))
    const token = await newToken(host.url, 'ada@example.com')
    const me = () => ask(`${host.url}/api/v1/auth/me`, { headers: bearer(token) })
    await refuse()
    // Pages that have room take rows until they are full.
    const settings: Told[] = []
    while (settings.at(-1)?.status !== 503 && settings.length < 500)
      settings.push(await replaceSettings(host, token))
    const reads = await Promise.all(Array.from({ length: 20 }, me))
    const writes: Told[] = []
    const acknowledged: string[] = []
    for (let n = 0; n < registrations; n++) {
      const email = `user-${n}@example.com`
      const told = await postRegistration(host.url, email)
      writes.push(told)
      if (told.status === 201) acknowledged.push(email)
      settings.push(await replaceSettings(host, token))
    }
    const control = await naive.write()
    await allow()
    const again = [await replaceSettings(host, token), await postRegistration(host.url, 'later@example.com')]
    const { halves, emails } = await audit(asAdmin(cluster.url))
    return {
      settings,
      reads,
      writes,
      again,
      halves,
      lost: acknowledged.filter((email) => !emails.has(email)),
      lives: isAlive(host),
      control,
    }
  } finally {
    await naive.close()
    await host.end('SIGKILL')
  }
}

function expectPolicy(id: string, outcome: Awaited<ReturnType<typeof writeThrough>>): void {
  const { settings, reads, writes, again, halves, lost, lives, control } = outcome
  const refused = [...settings, ...writes].filter(({ status }) => status === 503)
  const demandsOf = (told: readonly Told[]) => ({
    'a write is done or 503 with Retry-After': told.every((answer) => isClean(answer, 200)),
  })
  expectFault(
    id,
    {
      writes: settings.length + writes.length,
      refused: refused.length,
      reads: reads.length,
      half: halves.length,
      lost: lost.length,
      controlStatus: control.status,
    },
    {
      ...demandsOf(settings),
      'some were refused': refused.length > 0,
      'a registration is done or 503 with Retry-After': writes.every((answer) => isClean(answer, 201)),
      'reads go on': reads.every(({ status }) => status === 200),
      'it works again without a restart': again.map(({ status }) => status).join() === '200,201',
      [`nothing is half written (${halves.slice(0, 3).join('; ')})`]: halves.length === 0,
      'nothing acknowledged is lost': lost.length === 0,
      'the host lives': lives,
    },
    demandsOf([control]),
  )
}

/** The bad control: a server that takes every error of its database for a bug of its own. */
async function startNaive(connectionString: string) {
  const pool = new pg.Pool({ connectionString, max: 1 })
  pool.on('error', () => {})
  await pool.query('create table naive (text text not null)')
  const server = createServer((_, outgoing) => {
    void pool
      .query(`insert into naive select repeat(md5(n::text), 60) from generate_series(1, 200) n`)
      .then(() => 200)
      .catch(() => 500)
      .then((status) => outgoing.writeHead(status).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    write: () => ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    async close() {
      server.close()
      await pool.end()
    },
  }
}

test.skipIf(!hasPostgresServer() || !mayMount)(
  'F11: a Postgres without space refuses writes and recovers',
  async () => {
    const folder = tempFolder()
    // Postgres runs as somebody else.
    chmodSync(folder, 0o711)
    const disk = expectMount(join(folder, 'postgres'), diskMb)
    const cluster = await startCluster(disk.path)
    try {
      const outcome = await writeThrough(
        cluster,
        async () => disk.fill(),
        async () => disk.free(),
      )
      expectPolicy('F11 disk full', outcome)
    } finally {
      await cluster.close()
      disk.close()
    }
  },
)

test.skipIf(!hasPostgresServer())(
  'F11: a Postgres that is read-only refuses writes and recovers',
  async () => {
    const cluster = await startCluster()
    const admin = await cluster.admin()
    const readOnly = async (value: 'on' | 'off') => {
      await admin.query('set transaction read write')
      await admin.query(`alter system set default_transaction_read_only = ${value}`)
      await admin.query('select pg_reload_conf()')
      // Sessions hear of it one by one.
      await delay(500)
    }
    try {
      const outcome = await writeThrough(
        cluster,
        () => readOnly('on'),
        () => readOnly('off'),
      )
      expectPolicy('F11 read-only', outcome)
    } finally {
      await admin.end()
      await cluster.close()
    }
  },
)

/** The bad control: mail that is sent once, in the request. */
async function mailOnce(directory: string) {
  const mail = { id: 'control', to: 'ada@example.com', subject: 'Hello', text: 'Hello', links: [] }
  const failed = await inboxMailer({ directory })
    .send(mail)
    .then(
      () => false,
      () => true,
    )
  const control = () => readdirSync(directory).filter((name) => name.endsWith('.json'))
  return { control, failed }
}

test.skipIf(!mayMount)('F11: mail that finds no space is written later', async () => {
  const folder = tempFolder()
  const disk = expectMount(join(folder, 'data', 'inbox'), 1)
  const host = await startHost(folder)
  try {
    const mails = () => readdirSync(disk.path).filter((name) => name.endsWith('.json'))
    disk.fill()
    const answers = await Promise.all(
      ['ada', 'eve', 'bob'].map((name) => postRegistration(host.url, `${name}@example.com`)),
    )
    await delay(1500)
    const { control, failed } = await mailOnce(join(disk.path, 'control'))
    const whileFull = mails().length
    const drafts = readdirSync(disk.path).filter((name) => name.startsWith('.'))
    disk.free()
    await until(() => mails().length === answers.length)
    const whole = mails().every((name) => existsSync(join(disk.path, name.replace('.json', '.eml'))))
    const demandsOf = (count: number) => ({
      'mail that found no space comes later': count === answers.length,
    })
    expectFault(
      'F11 inbox full',
      { registrations: answers.length, whileFull, drafts: drafts.length, after: mails().length },
      {
        ...demandsOf(mails().length),
        'nobody is refused for it': answers.every(({ status }) => status === 201),
        'there was no space': whileFull === 0,
        'no draft is left': drafts.length === 0,
        'each is whole': whole,
        'the host lives': isAlive(host),
      },
      demandsOf(failed ? control().length : answers.length),
    )
  } finally {
    await host.end('SIGKILL')
    disk.close()
  }
})

test.skipIf(!mayMount)('F11: an object that finds no space leaves the one that was there', async () => {
  const disk = expectMount(join(tempFolder(), 'objects'), 4)
  try {
    const store = filesystemObjectStore({ folder: join(disk.path, 'store') })
    const text = { contentType: 'text/plain' }
    await store.put('kept', new Uint8Array(100_000).fill(1), text)
    // The bad control: what writes over the file itself.
    const naive = join(disk.path, 'naive')
    writeFileSync(naive, new Uint8Array(100_000).fill(1))
    disk.fill()
    expect(() => writeFileSync(naive, new Uint8Array(200_000))).toThrow('ENOSPC')
    const codes: unknown[] = []
    for (const key of ['kept', 'new', 'deep/new']) {
      const failed = await store.put(key, new Uint8Array(200_000), text).catch((error: unknown) => error)
      codes.push((failed as { readonly code?: unknown }).code)
    }
    const kept = await new Response((await store.get('kept'))?.body).bytes()
    const page = await store.list('', { limit: 10, after: null })
    const files = readdirSync(join(disk.path, 'store'), { recursive: true, withFileTypes: true })
    const left = files.filter((entry) => entry.isFile()).length
    disk.free()
    await store.put('kept', new Uint8Array(200_000).fill(2), text)
    const after = await store.head('kept')
    const demandsOf = (bytes: Uint8Array) => ({
      'the object that was there stays': bytes.length === 100_000 && bytes.every((byte) => byte === 1),
    })
    expect(codes).toHaveLength(3)
    expectFault(
      'F11 object store full',
      { refused: codes.length, codes: codes.join(), files: left },
      {
        ...demandsOf(kept),
        'each is refused with 503': codes.every((code) => code === 'port/unavailable'),
        'nothing of them is listed': page.data.map(({ key }) => key).join() === 'kept',
        'no file of them is left': left === 2,
        'it works again': after?.size === 200_000,
      },
      demandsOf(readFileSync(naive)),
    )
  } finally {
    disk.close()
  }
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kyselyStorage } from '@corbel/adapters/kysely'
import { fromEnv } from '@corbel/core'
import { silentLogger } from '@corbel/core/ports'
import { prepareSchema } from '../examples/reference-host/src/migrations.ts'
import { readSettings } from '../examples/reference-host/src/read-settings.ts'
import { composeStack, createPorts, openDatabase } from '../examples/reference-host/src/stack.ts'

const password = 'a long enough password for the benchmark'

/** What the reference host composes, without its server, and with nobody to read a log. */
export async function openHostStack(databaseUrl: string) {
  const folder = mkdtempSync(join(tmpdir(), 'corbel-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const settings = readSettings(fromEnv({ CORBEL_DATA_DIR: folder, DATABASE_URL: databaseUrl }))
  const database = await openDatabase(settings.values.host)
  await prepareSchema(database, true)
  const ports = createPorts(settings, null, silentLogger)
  const stack = composeStack(settings, ports, database, silentLogger)
  // What the stack stands on, for what it does not hand out.
  const storage = kyselyStorage({ db: database.db })
  return { stack, storage, keyVault: ports.keyVault }
}

export type HostStack = Awaited<ReturnType<typeof openHostStack>>['stack']

/** Registers an account, signs in and returns who that is. */
export async function signIn(fetch: (request: Request) => Promise<Response>, url = 'http://127.0.0.1:3000') {
  const account = { email: `bench-${crypto.randomUUID()}@example.com`, password }
  const call = async (path: string, init: RequestInit): Promise<Readonly<Record<string, unknown>>> => {
    const response = await fetch(new Request(`${url}/api/v1/auth/${path}`, init))
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Readonly<Record<string, unknown>>
  }
  const post = (path: string, body: unknown) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post('register', { ...account, tenantName: 'Benchmark', acceptTerms: true })
  const token = String((await post('token', account))['accessToken'])
  const me = await call('me', { headers: { authorization: `Bearer ${token}` } })
  return { token, tenantId: String(me['tenantId']), userId: String(me['userId']) }
}

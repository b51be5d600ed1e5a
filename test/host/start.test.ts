import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Ended,
  type HostProcess,
  runScript,
  spawnHost,
} from '../../examples/reference-host/src/spawn-host.ts'
import { recordBackend } from '../backends.ts'
import { get, register, signIn } from './api.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

// A cold PGlite on a busy machine, and a first start makes its database.
const startLimit = 120_000

const stackTrace = /^\s+at .+:\d+:\d+\)?$/m

const printed = (host: HostProcess, name: string): string => {
  const [, value] = new RegExp(`^ +${name} +(\\S+)$`, 'm').exec(host.stdout) ?? []
  if (value === undefined) throw new Error(`The host printed no "${name}":\n${host.stdout}`)
  return value
}

describe('the host on an empty folder', { timeout: startLimit }, () => {
  const folder = join(tempFolder(), 'data')
  const env = { CORBEL_DATA_DIR: folder }
  const ada = { email: 'ada@example.com', password: 'a password of some length' }
  let first: HostProcess
  let second: HostProcess
  let firstEnded: Ended
  let operator: { email: string; password: string }

  beforeAll(async () => {
    first = await spawnHost(env)
    recordBackend('reference host on pglite')
    operator = { email: printed(first, 'e-mail'), password: printed(first, 'password') }
  }, startLimit)

  afterAll(async () => {
    await first?.end('SIGKILL')
    await second?.end('SIGKILL')
  })

  it('shows each step of its start', () => {
    for (const name of ['database', 'migrations', 'storage \\(pglite\\)', 'module auth', 'server']) {
      expect(first.stdout).toMatch(new RegExp(`^✓ ${name} \\d+ ms$`, 'm'))
    }
  })

  it('uses no colours when nobody looks', () => {
    expect(first.stdout).not.toContain('\u001B')
  })

  it('prints addresses that answer', async () => {
    for (const name of ['service card', 'API reference', 'OpenAPI', 'readiness', 'metrics']) {
      expect((await fetch(printed(first, name))).status, name).toBe(200)
    }
  })

  it('prints commands that work when they are pasted into a shell', () => {
    const commands = first.stdout.split('\n').filter((line) => /^(?:TOKEN=\$\()?curl /.test(line))
    expect(commands).toHaveLength(3)
    const { stdout, stderr, status } = spawnSync('bash', ['-euo', 'pipefail'], {
      input: commands.join('\necho\n'),
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [registered, me] = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
    expect(registered.tenant.name).toBe('Analytical Engines')
    expect(me).toMatchObject({ email: registered.user.email, tenantId: registered.tenant.id, role: 'owner' })
  })

  it('lets the first operator sign in', async () => {
    expect(await signIn(first.url, operator.email, operator.password)).toBeTypeOf('string')
  })

  it('keeps generated secrets where only its user can read them', () => {
    const path = join(folder, 'secrets.env')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const names = [...readFileSync(path, 'utf8').matchAll(/^([A-Z_]+)=[\w-]{43}$/gm)].map(([, name]) => name)
    expect(names).toEqual(
      expect.arrayContaining([
        'SECRET_KEY',
        'AUTH_PASSWORD_PEPPER',
        'AUTH_REFRESH_TOKEN_PEPPER',
        'AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER',
        'AUTH_PASSWORD_RESET_TOKEN_PEPPER',
        'TENANT_INVITATION_PEPPER',
        'STATUS_SUBSCRIPTION_PEPPER',
      ]),
    )
    expect(new Set(names).size).toBe(names.length)
  })

  it('refuses a second process on the same folder', async () => {
    const { code, stdout, stderr } = await runScript('main.ts', { ...env, PORT: '0' })
    expect(code).toBe(1)
    expect(stderr).toContain(`The data folder ${folder} is in use by another process (${first.child.pid})`)
    expect(stderr).toContain('CORBEL_DATA_DIR')
    expect(stdout + stderr).not.toMatch(stackTrace)
  })

  it('ends cleanly when it is asked to', async () => {
    await register(first.url, ada.email, ada.password)
    firstEnded = await first.end('SIGTERM')
    expect(firstEnded.code).toBe(0)
  })

  it('has written the password of the operator nowhere', () => {
    expect(firstEnded.stderr).not.toContain(operator.password)
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    expect(files.length).toBeGreaterThan(10)
    const found = files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes(operator.password))
    expect(found).toEqual([])
  })

  it('finds everything again at the next start, and shows no password', async () => {
    second = await spawnHost(env)
    expect(second.stdout).not.toMatch(/operator|password {2,}/)
    expect(await signIn(second.url, operator.email, operator.password)).toBeTypeOf('string')
    const token = await signIn(second.url, ada.email, ada.password)
    expect((await get(second.url, '/api/v1/auth/me', token ?? '')).body).toMatchObject({
      email: ada.email,
      role: 'owner',
    })
  })

  it('answers what is under way before it ends', async () => {
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      void import('node:http').then(({ request }) => {
        const body = JSON.stringify({ email: ada.email, password: ada.password })
        const sent = request(`${second.url}/api/v1/auth/token`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'content-length': body.length,
            expect: '100-continue',
          },
        })
        // The server has the request now, and the request has not got its body.
        sent.on('continue', () => {
          const ended = second.end('SIGTERM')
          refused(second.url).then(() => sent.end(body), reject)
          sent.on('response', (response) => {
            response.resume()
            void ended.then(({ code }) =>
              code === 0 ? resolve(response.statusCode) : reject(new Error(`ended with ${code}`)),
            )
          })
        })
        sent.on('error', reject)
        sent.flushHeaders()
      })
    })
    expect(answer).toBe(200)
  })
})

/** Resolves when the server accepts no connection any more. */
async function refused(url: string): Promise<void> {
  for (;;) {
    const open = await fetch(`${url}/health`, { headers: { connection: 'close' } }).then(
      () => true,
      () => false,
    )
    if (!open) return
  }
}

describe('a start that cannot be', { timeout: startLimit }, () => {
  const folder = join(tempFolder(), 'data')

  it('names every missing setting and every stand-in in one report', async () => {
    const placeholder = 'changeme-changeme-changeme-changeme'
    const { code, stdout, stderr } = await runScript('main.ts', {
      CORBEL_PROFILE: 'production',
      CORBEL_DATA_DIR: folder,
      AUTH_REFRESH_TOKEN_PEPPER: placeholder,
      OUTBOUND_ALLOWED_NETWORKS: '0.0.0.0/0',
      SSO_PLAIN_HTTP_ORIGINS: 'http://idp.example.com',
    })
    expect(code).toBe(1)
    const named = [...stderr.matchAll(/^ {2}(\S+) (is .*)\.$/gm)].map(
      ([, subject, what]) => `${subject} ${what}`,
    )
    expect(named.toSorted()).toEqual([
      'APP_PUBLIC_URL is missing',
      'AUTH_EMAIL_VERIFICATION_TOKEN_PEPPER is missing',
      'AUTH_PASSWORD_PEPPER is missing',
      'AUTH_PASSWORD_RESET_TOKEN_PEPPER is missing',
      'AUTH_REFRESH_TOKEN_PEPPER is a placeholder or too weak',
      'DATABASE_URL is missing',
      'OUTBOUND_ALLOWED_NETWORKS is refused in production',
      'REDIS_URL is missing',
      'SECRET_KEY is missing',
      'SSO_PLAIN_HTTP_ORIGINS is refused in production',
      'STATUS_SUBSCRIPTION_PEPPER is missing',
      'TENANT_INVITATION_PEPPER is missing',
      'mailer is served by the embedded stand-in "inbox"',
      'models is served by the embedded stand-in "offline"',
    ])
    expect(stderr.match(/^ {4}fix: /gm)).toHaveLength(named.length)
    expect(stdout + stderr).not.toContain(placeholder)
    expect(stdout + stderr).not.toMatch(stackTrace)
    expect(() => statSync(folder)).toThrow('ENOENT')
  })

  it('says so when the database cannot be reached', async () => {
    const { code, stdout, stderr } = await runScript('main.ts', {
      DATABASE_URL: 'postgres://somebody:a-password-to-hide@127.0.0.1:1/corbel',
      CORBEL_DATA_DIR: folder,
    })
    expect(code).toBe(1)
    expect(stderr).toContain('DATABASE_URL')
    expect(stdout + stderr).not.toContain('a-password-to-hide')
    expect(stdout + stderr).not.toMatch(stackTrace)
  })

  it('says how to migrate when it may not do so itself, and which port is taken', async () => {
    const env = { CORBEL_DATA_DIR: folder, AUTO_RUN_MIGRATIONS: 'false' }
    const pending = await runScript('main.ts', env)
    expect(pending.code).toBe(1)
    expect(pending.stderr).toContain('npm run migrate -- apply')
    expect(pending.stderr).not.toMatch(stackTrace)

    const plan = await runScript('migrate.ts', env, 'plan')
    expect(plan).toMatchObject({ code: 0, stderr: '' })
    expect(plan.stdout).toMatch(/create table corbel_/i)
    expect((await runScript('migrate.ts', env, 'apply')).stdout).toContain('Applied:')
    expect((await runScript('migrate.ts', env, 'apply')).stdout).toContain('Nothing was pending.')

    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { code, stdout, stderr } = await runScript('main.ts', { ...env, PORT: String(port) })
    taken.close()
    expect(code).toBe(1)
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 is in use`)
    expect(stdout + stderr).not.toMatch(stackTrace)
    // Nobody would ever have seen it.
    expect(stdout).not.toContain('password')
  })
})

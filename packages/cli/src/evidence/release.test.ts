import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CliRun, runCli } from '../cli.fixture.ts'

const pepper = 'Zk3vQ9sLw2Xb7Nf5+Ht8Rj4Mc6Pd1Ge0Y'
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'corbel-release-'))
  for (const name of ['own', 'foreign']) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    writeFileSync(join(folder, `${name}.key`), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(folder, `${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }))
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (check: string, ...argv: readonly string[]): Promise<CliRun> =>
  runCli(['release', ...argv], {
    cwd: folder,
    env: { FIXTURE_DIR: folder, FIXTURE_PEPPER: pepper, FIXTURE_CHECK: check },
  })
const evidence = (check = ''): Promise<CliRun> => run(check, 'evidence', '--key', 'own.key', '--to', 'out')
const verify = (key = 'own.pub'): Promise<CliRun> => run('', 'verify', 'out', '--key', key)
const text = (name: string): string => readFileSync(join(folder, 'out', name), 'utf8')

describe('evidence', () => {
  it('says what was checked and is verified without the stack', async () => {
    expect(await evidence()).toMatchObject({ code: 0 })
    expect(readdirSync(join(folder, 'out')).toSorted()).toEqual([
      'evidence.json',
      'evidence.md',
      'signature.json',
    ])
    expect(JSON.parse(text('evidence.json'))).toMatchObject({
      passed: true,
      migrations: { pending: ['shed/0001'] },
      checks: [{ name: 'script', exitCode: 0 }],
      redaction: { secrets: ['FIXTURE_PEPPER'], found: 0 },
    })
    expect(await verify()).toMatchObject({ code: 0 })
    expect(
      await runCli(['release', 'verify', 'out', '--key', 'own.pub'], { cwd: folder, config: null }),
    ).toMatchObject({ code: 0 })
    expect(await verify('foreign.pub')).toMatchObject({ code: 6 })
  })

  it('is refused after any change to any of its files', async () => {
    expect(await evidence()).toMatchObject({ code: 0 })
    let tampered = 0
    for (const name of ['evidence.json', 'evidence.md', 'signature.json']) {
      const whole = text(name)
      // Every 40th character, and the last ones.
      for (const at of [...Array(whole.length).keys()].filter((each) => each % 40 === 0)) {
        const other = whole[at] === 'x' ? 'y' : 'x'
        writeFileSync(join(folder, 'out', name), whole.slice(0, at) + other + whole.slice(at + 1))
        expect(await verify(), `${name} at ${at}`).toMatchObject({ code: 6 })
        tampered += 1
      }
      rmSync(join(folder, 'out', name))
      expect(await verify()).toMatchObject({ code: 6 })
      writeFileSync(join(folder, 'out', name), whole)
    }
    expect(tampered).toBeGreaterThan(40)
    expect(await verify()).toMatchObject({ code: 0 })
  })

  it('of a failed check is written and fails, also when it is verified', async () => {
    expect(await evidence('process.exit(3)')).toMatchObject({ code: 7 })
    expect(JSON.parse(text('evidence.json'))).toMatchObject({ passed: false, checks: [{ exitCode: 3 }] })
    expect(await verify()).toMatchObject({ code: 6 })
  })

  it.each([
    ['in clear', 'console.log(process.env.FIXTURE_PEPPER)'],
    ['in base64', 'console.error(btoa(process.env.FIXTURE_PEPPER))'],
    ['in hexadecimal', `console.log(Buffer.from(process.env.FIXTURE_PEPPER).toString('hex'))`],
    ['in a URL', 'console.log(encodeURIComponent(process.env.FIXTURE_PEPPER))'],
  ])('is not written when a check prints a secret %s', async (_form, check) => {
    const ended = await evidence(check)
    expect(ended).toMatchObject({ code: 7 })
    expect(ended.stderr).toContain('FIXTURE_PEPPER')
    expect(ended.stderr).not.toContain(pepper)
    expect(existsSync(join(folder, 'out'))).toBe(false)
  })

  it('needs a key that can sign', async () => {
    expect(await run('', 'evidence', '--key', 'own.pub', '--to', 'out')).toMatchObject({ code: 2 })
    expect(await run('', 'evidence', '--key', 'absent.key', '--to', 'out')).toMatchObject({ code: 2 })
    expect(existsSync(join(folder, 'out'))).toBe(false)
  })
})

describe('the database of a release', () => {
  const effects = (): readonly string[] =>
    existsSync(join(folder, 'effects'))
      ? readFileSync(join(folder, 'effects'), 'utf8').trim().split('\n')
      : []
  const report = (): unknown =>
    JSON.parse(readFileSync(join(folder, 'reports/database-release.json'), 'utf8')) as unknown
  const release = (
    env: Readonly<Record<string, string>> = {},
    ...flags: readonly string[]
  ): Promise<CliRun> =>
    runCli(['release', 'db', ...flags], { cwd: folder, env: { FIXTURE_DIR: folder, ...env } })

  it('is migrated and sold as declared, once, and the report says what was done', async () => {
    expect(await release()).toMatchObject({ code: 0 })
    expect(effects()).toEqual(['migrated', 'catalogue'])
    expect(report()).toMatchObject({
      schema: 'corbel.database-release/v1',
      passed: true,
      migrations: { before: [], applied: ['shed/0001'], pending: [] },
      catalogue: { done: [{ do: 'create-product' }], left: [], failure: null },
    })
    const text = readFileSync(join(folder, 'reports/database-release.md'), 'utf8')
    expect(text).toContain('| Migrations applied now | shed/0001 |')
  })

  it('is shown and left alone in a dry run', async () => {
    const { code, stdout } = await release({}, '--dry-run', '--json')
    expect([code, effects(), existsSync(join(folder, 'reports'))]).toEqual([0, [], false])
    expect(JSON.parse(stdout)).toMatchObject({
      data: {
        written: null,
        release: {
          passed: false,
          migrations: { applied: [], pending: ['shed/0001'] },
          catalogue: { left: [{ do: 'create-product' }] },
        },
      },
    })
  })

  it('is no success while the provider does not answer, and goes on when it does', async () => {
    const dead = { FIXTURE_STACK: '{"fail":"ECONNREFUSED"}' }
    expect(await release(dead)).toMatchObject({ code: 8 })
    expect([effects(), report()]).toMatchObject([['migrated'], { passed: false, catalogue: { done: [] } }])
    expect(await release(dead, '--skip-payments')).toMatchObject({ code: 0 })
    expect(report()).toMatchObject({ passed: true, catalogue: null })
    expect(await release()).toMatchObject({ code: 0 })
    expect(report()).toMatchObject({ passed: true, migrations: { before: ['shed/0001'] } })
  })

  it('writes no report when the database fails', async () => {
    expect(await release({ FIXTURE_DATABASE: '{"fail":"ECONNREFUSED"}' })).toMatchObject({ code: 9 })
    expect([effects(), existsSync(join(folder, 'reports'))]).toEqual([[], false])
  })
})

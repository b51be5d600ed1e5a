import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCli } from '../cli.fixture.ts'
import { type SchemaName, schemaNames } from './schema-names.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-schemas-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (...argv: readonly string[]) =>
  runCli(argv, { cwd: folder, env: { FIXTURE_DIR: folder, FIXTURE_CHECK: '' } })
const document = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown

/** As somebody has it who knows the program alone. */
async function printed(name: SchemaName): Promise<ValidateFunction> {
  const { stdout } = await run('schema', '--of', name)
  return new Ajv2020({ strict: true, strictRequired: false, validateFormats: false }).compile(
    JSON.parse(stdout) as object,
  )
}

/** Valid as it is, and no more when a part is missing, of another form, or unknown. */
async function expectValid(name: SchemaName, valid: unknown): Promise<void> {
  const validate = await printed(name)
  expect(validate(valid) ? null : validate.errors).toBeNull()
  const whole = valid as Readonly<Record<string, unknown>>
  for (const key of Object.keys(whole)) {
    const { [key]: _, ...lacking } = whole
    expect(validate(lacking)).toBe(false)
    // The result of a command has the form of the command.
    if (key !== 'data') expect(validate({ ...whole, [key]: { odd: true } })).toBe(false)
  }
  expect(validate({ ...whole, surplus: 1 })).toBe(false)
}

const stage = ['--profile', 'staging', '--var', 'APP_PUBLIC_URL=https://a.example'] as const
const database = [
  '--var',
  'DATABASE_URL=postgres://app:J8sd7fgh2kQ@db.internal/app?sslmode=verify-full',
] as const
const setup = (...argv: readonly string[]) => run('setup', '--settings-file', '.env', ...argv)

it.each(['setup-summary', 'policy-audit', 'profile-manifest'] as const)('%s', async (name) => {
  expect(
    await setup(...stage, ...database, '--var', 'FIXTURE_MAIL=true', '--var', 'FIXTURE_MAIL_KEY=k'),
  ).toMatchObject({
    code: 0,
  })
  await expectValid(name, document(`reports/${name}.json`))
})

it('setup-summary of what is missing and wrong', async () => {
  expect(
    await setup('--report-only', '--profile', 'production', '--var', 'FIXTURE_PEPPER=changeme'),
  ).toMatchObject({
    code: expect.any(Number),
  })
  const summary = document('reports/setup-summary.json') as { missing: unknown[]; problems: unknown[] }
  expect([summary.missing.length > 0, summary.problems.length > 0]).toEqual([true, true])
  await expectValid('setup-summary', summary)
})

it('release-evidence', async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(join(folder, 'key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  expect(await run('release', 'evidence', '--key', 'key', '--to', 'out')).toMatchObject({ code: 0 })
  await expectValid('release-evidence', document('out/evidence.json'))
})

it('the envelope of a success and of a failure, and every schema by its name', async () => {
  for (const argv of [
    ['config', 'schema', '--json'],
    ['config', 'schema', '--nosuch', '--json'],
  ])
    await expectValid('envelope', JSON.parse((await run(...argv)).stdout))
  for (const name of schemaNames) expect((await printed(name)).schema).toHaveProperty('title')
})

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CliRun, runCli } from '../cli.fixture.ts'
import { fillIn } from './fill-in.ts'
import type { Question } from './prompter.ts'
import { fromEnv } from '@corbel/core'
import config from '../stack.fixture.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-setup-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const setup = (...argv: string[]): Promise<CliRun> =>
  runCli(['setup', '--settings-file', '.env', ...argv], { cwd: folder, env: { FIXTURE_DIR: folder } })
const env = (): string => readFileSync(join(folder, '.env'), 'utf8')
const database = 'DATABASE_URL=postgres://app:J8sd7fgh2kQ@db.internal/app?sslmode=verify-full'

describe('setup without anybody to ask', () => {
  it('makes what can be made, and the second run changes nothing', async () => {
    expect(await setup()).toMatchObject({ code: 0 })
    const first = env()
    expect(first).toMatch(/^CORBEL_PROFILE=local$/m)
    expect(first).toMatch(/^# Keys the digests\.\nFIXTURE_PEPPER=[\w-]{43}$/m)
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600)
    expect(await setup()).toMatchObject({ code: 0 })
    expect(env()).toBe(first)
  })

  it('lists every answer that is missing, with 3, and writes nothing', async () => {
    const { code, stdout } = await setup('--profile', 'production', '--json')
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      error: { missing: expect.arrayContaining(['DATABASE_URL', 'APP_PUBLIC_URL']) },
    })
    expect(existsSync(join(folder, '.env'))).toBe(false)
  })

  it('asks for a branch only when it is taken', async () => {
    const { code, stdout } = await setup('--var', 'FIXTURE_MAIL=true', '--json')
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ error: { missing: ['FIXTURE_MAIL_KEY'] } })
    expect(await setup('--var', 'FIXTURE_MAIL=true', '--var', 'FIXTURE_MAIL_KEY=key-of-mail')).toMatchObject({
      code: 0,
    })
  })

  it('keeps the values, comments and unknown names of a file that is there', async () => {
    const before = '# mine\nOTHER=1\nFIXTURE_PEPPER=kept-as-it-is\n'
    writeFileSync(join(folder, '.env'), before)
    expect(await setup()).toMatchObject({ code: 0 })
    expect(env().startsWith(before)).toBe(true)
    expect(env().match(/FIXTURE_PEPPER/g)).toHaveLength(1)
  })

  it('refuses a starter secret and a value of the wrong form with 7, and writes nothing', async () => {
    for (const answers of [
      ['--var', 'FIXTURE_COLOUR=blue'],
      [
        '--profile',
        'production',
        '--var',
        database,
        '--var',
        'APP_PUBLIC_URL=https://a.example',
        '--var',
        'FIXTURE_PEPPER=changeme',
      ],
    ]) {
      expect(await setup(...answers)).toMatchObject({ code: 7 })
      expect(existsSync(join(folder, '.env'))).toBe(false)
    }
  })

  it('shows a dry run as a diff in which no secret stands, and writes nothing', async () => {
    const { code, stdout } = await setup('--dry-run', '--var', database)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\+ CORBEL_PROFILE=local$/m)
    expect(stdout).toMatch(/^\+ DATABASE_URL=secret:[0-9a-f]{8}$/m)
    expect(stdout).not.toContain('J8sd7fgh2kQ')
    expect(existsSync(join(folder, '.env'))).toBe(false)
    expect(existsSync(join(folder, 'reports'))).toBe(false)
  })

  it('writes a runbook of rotation whose every command works here, by the names that things have here', async () => {
    const store = { FIXTURE_DIR: folder, FIXTURE_STORE: '{}' }
    const inStore = (...argv: string[]): Promise<CliRun> =>
      runCli([...argv, '--settings-file', 'my.env'], { cwd: folder, env: store })
    expect(await inStore('setup', '--reports', 'reports')).toMatchObject({ code: 0 })
    const text = readFileSync(join(folder, 'reports/key-rotation.md'), 'utf8')
    expect(text).toContain('## FIXTURE_PEPPER')
    expect(text).not.toContain('DATABASE_URL')
    expect(text).toContain('Put it into `../my.env` in place of the old one.')
    const commands = [...text.matchAll(/`corbel ([^`]+)`/g)].map(([, words = '']) => words)
    expect(commands).toContain('secrets rotate FIXTURE_PEPPER --from-version <version>')
    // The fixture's store is empty and its stack serves nothing: what is asked for is refused for that, and never for its words.
    for (const words of commands) {
      const spelt = words.replace('<version>', '1').replace('<kid>', 'first')
      const { code, stderr } = await inStore(...spelt.replace(/<.*>/, 'http://127.0.0.1:9/').split(' '))
      expect(`${words}: ${code} ${stderr}`).not.toMatch(/: 2 /)
    }
  })

  it('reports where each value comes from and exports answers, with no secret in either', async () => {
    expect(await setup('--var', database, '--export-answers', 'answers.json')).toMatchObject({ code: 0 })
    const pepper = /FIXTURE_PEPPER=(.*)/.exec(env())?.[1] ?? ''
    expect(pepper).not.toBe('')
    for (const file of ['reports/setup-summary.json', 'reports/setup-summary.md', 'answers.json']) {
      const text = readFileSync(join(folder, file), 'utf8')
      expect(text).toContain('FIXTURE_PEPPER')
      expect(text.includes(pepper) || text.includes('J8sd7fgh2kQ')).toBe(false)
    }
  })

  it('replays exported answers to the same file', async () => {
    expect(await setup('--var', database, '--export-answers', 'answers.json')).toMatchObject({ code: 0 })
    const first = env()
    const secrets = Object.fromEntries(
      [...first.matchAll(/^(\w+)='?([^'\n]*)'?$/gm)].map(([, name = '', value]) => [name, value]),
    )
    rmSync(join(folder, '.env'))
    const again = await runCli(
      ['setup', '--settings-file', '.env', '--answers-file', 'answers.json', '--strict'],
      {
        cwd: folder,
        env: {
          FIXTURE_DIR: folder,
          FIXTURE_PEPPER: secrets['FIXTURE_PEPPER'],
          DATABASE_URL: secrets['DATABASE_URL'],
        },
      },
    )
    expect(again).toMatchObject({ code: 0 })
    expect(env()).toBe(first)
  })

  it.each([
    ['an answer that nothing uses', ['--strict', '--var', 'FIXTURE_COLUOR=red'], 7],
    ['a variable without a value', ['--var', 'FIXTURE_COLOUR'], 2],
    ['a file that is not there', ['--answers-file', 'absent.json'], 2],
  ])('refuses %s', async (_what, argv, code) => {
    expect(await setup(...argv)).toMatchObject({ code })
    expect(existsSync(join(folder, '.env'))).toBe(false)
  })
})

describe('setup with somebody to ask', () => {
  it('asks what is required, in order, and stops when the person wants to', async () => {
    const description = await config.describe()
    const asked: string[] = []
    const script = async ({ name, check }: Question): Promise<string | null> => {
      asked.push(name)
      expect(check('')).not.toBeNull()
      return name === 'DATABASE_URL' ? null : 'https://app.example.com'
    }
    const filled = await fillIn({
      description,
      profile: 'staging',
      answers: {},
      present: fromEnv({}),
      prompter: { ask: script },
    })
    expect(asked).toEqual(['APP_PUBLIC_URL', 'DATABASE_URL'])
    expect(filled.cancelled).toBe(true)
  })
})

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCli, stackFixture } from '../cli.fixture.ts'
import { inTerminal } from './terminal.fixture.ts'

const hasScript = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '')
const recordings = fileURLToPath(new URL('../../../../.cache/recordings/', import.meta.url))
const bin = fileURLToPath(new URL('../bin.ts', import.meta.url))

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-terminal-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const filesOf = (cwd: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(cwd, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(cwd, name)).isFile())
      .toSorted()
      .map((name) => [name, readFileSync(join(cwd, name), 'utf8')]),
  )

const [database, mailKey] = ['postgres://app:J8sd7fgh2kQ@db.internal/app', 'Qw8Zx2Lp7Vn4Rt6Yb1Mc9Ks3Hd5Jf0Ga']
const mail = ['Key of the mail service.', `${mailKey}\r`] as const
const place = [
  // A value of the wrong form is asked for again.
  ['◆', 'nowhere\r'],
  ['It must be', '\u0015https://a.example.com\r'],
  ['Connection string.', `${database}\r`],
] as const
const profiles = { local: [mail], staging: [...place, mail], production: [...place, mail] }
const words = ['setup', '--settings-file', '.env', '--export-answers', 'answers.json', '--strict'] as const
const program = [process.execPath, '--conditions=@corbel/source', bin] as const

it.skipIf(!hasScript).for(Object.entries(profiles))(
  'asked in a terminal and replayed without one, %s gives the same bytes',
  { timeout: 120_000 },
  async ([profile, typed]) => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    mkdirSync(first)
    mkdirSync(second)
    const flags = ['--profile', profile, '--var', 'FIXTURE_MAIL=true', '--config', stackFixture]
    const { code, shown } = await inTerminal([...program, ...words, ...flags], {
      cwd: first,
      env: { FIXTURE_DIR: first },
      typed,
      recording: join(recordings, `setup-${profile}.cast`),
    })
    expect({ code, shown }).toMatchObject({ code: 0 })
    for (const secret of ['J8sd7fgh2kQ', mailKey]) expect(shown).not.toContain(secret)
    const made = parseEnv(readFileSync(join(first, '.env'), 'utf8'))
    const { FIXTURE_PEPPER, FIXTURE_MAIL_KEY, DATABASE_URL } = made
    expect(FIXTURE_MAIL_KEY).toBe(mailKey)
    const replayed = await runCli([...words, '--answers-file', join(first, 'answers.json')], {
      cwd: second,
      env: { FIXTURE_DIR: second, FIXTURE_PEPPER, FIXTURE_MAIL_KEY, DATABASE_URL },
    })
    expect(replayed).toMatchObject({ code: 0 })
    const files = filesOf(first)
    expect(Object.keys(files).length).toBeGreaterThan(8)
    expect(filesOf(second)).toEqual(files)
  },
)

it.skipIf(!hasScript)(
  'Ctrl-C at a question ends with 130, and nothing is written',
  { timeout: 60_000 },
  async () => {
    const run = await inTerminal([...program, ...words, '--profile', 'staging', '--config', stackFixture], {
      cwd: folder,
      env: { FIXTURE_DIR: folder },
      typed: [['◆', '\u0003']],
      recording: join(recordings, 'setup-interrupted.cast'),
    })
    expect(run).toMatchObject({ code: 130 })
    expect(filesOf(folder)).toEqual({})
  },
)

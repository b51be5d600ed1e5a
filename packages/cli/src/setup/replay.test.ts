import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCli } from '../cli.fixture.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'corbel-replay-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const stateOf = (cwd: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(cwd, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(cwd, name)).isFile())
      .toSorted()
      .map((name) => [name, readFileSync(join(cwd, name), 'utf8')]),
  )

const password = 'J8sd7fgh2kQ'
const mailKey = 'Qw8Zx2Lp7Vn4Rt6Yb1Mc9Ks3Hd5Jf0Ga'
const places = {
  local: [],
  staging: ['APP_PUBLIC_URL=https://a.example', `DATABASE_URL=postgres://app:${password}@db.internal/app`],
  production: ['APP_PUBLIC_URL=https://a.example', `DATABASE_URL=postgres://app:${password}@db.internal/app`],
}
const mails = { off: [], on: ['FIXTURE_MAIL=true', `FIXTURE_MAIL_KEY=${mailKey}`] }
const colours = { standing: [], chosen: ['FIXTURE_COLOUR=green'] }

const branches = Object.entries(places).flatMap(([profile, place]) =>
  Object.entries(mails).flatMap(([mail, mailAnswers]) =>
    Object.entries(colours).map(([colour, colourAnswers]) => ({
      profile,
      mail,
      colour,
      answers: [...place, ...mailAnswers, ...colourAnswers],
    })),
  ),
)

it.each(branches)(
  'gives the same bytes: $profile, mail $mail, colour $colour',
  async ({ profile, answers }) => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    mkdirSync(first)
    mkdirSync(second)
    const vars = answers.flatMap((answer) => ['--var', answer])
    const words = ['setup', '--settings-file', '.env', '--export-answers', 'answers.json', '--strict']
    const env = { FIXTURE_DIR: first }
    expect(await runCli([...words, '--profile', profile, ...vars], { cwd: first, env })).toMatchObject({
      code: 0,
    })
    const secrets = parseEnv(readFileSync(join(first, '.env'), 'utf8'))
    const replayed = await runCli([...words, '--answers-file', join(first, 'answers.json')], {
      cwd: second,
      env: {
        FIXTURE_PEPPER: secrets['FIXTURE_PEPPER'],
        FIXTURE_MAIL_KEY: secrets['FIXTURE_MAIL_KEY'],
        DATABASE_URL: secrets['DATABASE_URL'],
        FIXTURE_DIR: second,
      },
    })
    expect(replayed).toMatchObject({ code: 0 })
    const state = stateOf(first)
    expect(stateOf(second)).toEqual(state)
    for (const [name, text] of Object.entries(state))
      if (name !== '.env')
        for (const secret of [password, mailKey, secrets['FIXTURE_PEPPER'] ?? ''])
          expect(text).not.toContain(secret)
  },
)

it('does not make a production file one of a laxer profile', async () => {
  const vars = places.production.flatMap((answer) => ['--var', answer])
  const run = (...argv: readonly string[]) =>
    runCli(['setup', '--settings-file', '.env', ...argv], { cwd: folder, env: { FIXTURE_DIR: folder } })
  expect(await run('--profile', 'production', ...vars)).toMatchObject({ code: 0 })
  const before = stateOf(folder)
  expect(await run('--profile', 'local')).toMatchObject({ code: 6 })
  expect(stateOf(folder)).toEqual(before)
})

import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromEnv, type Profile, profiles } from '@corbel/core'
import { describe, expect, it } from 'vitest'
import config from '../../examples/reference-host/corbel.config.ts'
import { inspectStack } from '../../packages/cli/src/catalog/inspect-stack.ts'
import { settingsOf } from '../../packages/cli/src/catalog/setting-list.ts'
import { readAnswers } from '../../packages/cli/src/setup/answers.ts'
import { carryOut } from '../../packages/cli/src/setup/carry-out.ts'
import { entriesOf, fillIn, type Filled } from '../../packages/cli/src/setup/fill-in.ts'
import type { Prompter, Question } from '../../packages/cli/src/setup/prompter.ts'
import { type Choices, pairsIn, pairsOf, pairwise, type Row } from '../pairwise.fixture.ts'
import { tempFolder } from './temp-folder.fixture.ts'

const description = await config.describe()
const stack = { ...config, describe: async () => description }
const settings = settingsOf(description).map(({ setting }) => setting)

/** Every setting that decides about others, with the values that do and one that does not. */
const conditions = Map.groupBy(
  settings.flatMap(({ when }) => (when === undefined ? [] : [when])),
  ({ env }) => env,
)
const branches: Choices = Object.fromEntries(
  [...conditions].map(([env, deciding]) => {
    const setting = settings.find((each) => each.env === env)
    const taken = deciding.map(({ equals }) => equals)
    const other = ['true', 'false', 'none', 'file', 'host', String(setting?.default)].find(
      (value) => setting?.schema.safeParse(value).success === true && !taken.includes(value),
    )
    return [env, [...new Set([...taken, ...(other === undefined ? [] : [other])])]]
  }),
)
const choices: Choices = { profile: profiles, ...branches }
const rows = pairwise(choices)

/** What somebody would type, who reads the question. */
const typed = [
  'https://a.example.com',
  'postgres://app:J8sd7fgh2kQ@db.internal/app?sslmode=verify-full',
  'rediss://:J8sd7fgh2kQ@redis.internal:6379/0',
  'Qw8Zx2Lp7Vn4Rt6Yb1Mc9Ks3Hd5Jf0Ga',
  'ops@example.com',
  'acme',
]

function somebody(): Prompter & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    ask: async ({ name, suggestion, check }: Question) => {
      asked.push(name)
      const answer = [...(suggestion === undefined ? [] : [suggestion]), ...typed].find(
        (text) => check(text) === null,
      )
      if (answer === undefined) throw new Error(`Nobody here has an answer to ${name}.`)
      return answer
    },
  }
}

const filesOf = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .toSorted()
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  )

/** Fills in, writes everything, and says what a start would. */
async function setUp(folder: string, profile: Profile, filled: Filled) {
  mkdirSync(folder)
  const plan = {
    ...({ schema: 'corbel.setup-plan/v1', profile, live: false } as const),
    entries: entriesOf(profile, filled.settings),
    envFile: join(folder, '.env'),
    reports: join(folder, 'reports'),
    exportAnswers: join(folder, 'answers.json'),
  }
  await carryOut(plan, stack, {}, () => {})
  const source = fromEnv(Object.fromEntries(plan.entries.map(({ name, value }) => [name, value])))
  return (await inspectStack(stack, description, source, profile)).problems
}

describe('the branches of the reference host', () => {
  it('every pair of them is in a row', () => {
    expect(Object.keys(branches).length).toBeGreaterThan(5)
    const covered = new Set(rows.flatMap(pairsIn))
    expect([...pairsOf(choices)].filter((pair) => !covered.has(pair))).toEqual([])
  })

  it.each(rows.map((row, at) => [at + 1, row] as const))(
    `row %i of ${rows.length}, asked and replayed without anybody, gives the same bytes`,
    async (_at, row: Row) => {
      const { profile: named, ...answers } = row
      const profile = profiles.find((each) => each === named) ?? 'local'
      const home = tempFolder()
      const person = somebody()
      const given = { description, profile, present: fromEnv({}) }
      const asked = await fillIn({ ...given, answers, prompter: person })
      expect([asked.missing, asked.cancelled]).toEqual([[], false])
      // Of a branch that is not taken nothing is asked.
      for (const name of person.asked) {
        const when = settings.find(({ env }) => env === name)?.when
        if (when !== undefined && Object.hasOwn(row, when.env)) expect(row[when.env]).toBe(when.equals)
      }
      const problems = await setUp(join(home, 'first'), profile, asked)
      const values = Object.fromEntries(asked.settings.map(({ setting: { env }, value }) => [env, value]))
      const replayed = await fillIn({
        ...given,
        answers: readAnswers([join(home, 'first/answers.json')], [], values),
        prompter: null,
      })
      expect(replayed.unused).toEqual([])
      expect(await setUp(join(home, 'second'), profile, replayed)).toEqual(problems)
      const first = filesOf(join(home, 'first'))
      expect(Object.keys(first).length).toBeGreaterThan(8)
      expect(filesOf(join(home, 'second'))).toEqual(first)
    },
  )
})

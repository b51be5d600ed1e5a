import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import { Secret } from '../kernel/secret.ts'
import { defineSettings, type SettingsCatalog } from './define-settings.ts'
import type { Profile } from './profile.ts'
import { choice, flag, integer, line, list, opaque } from './setting-types.ts'
import { fromEnv, inspectSettings, loadSettings, SettingsError } from './settings-loader.ts'

const strong = '8Qw3zT6mK1pV5rX9bN2cF7hJ4gD0sLyA'
const all = ['local', 'staging', 'production'] as const

const Mail = defineSettings({
  enabled: {
    env: 'MAIL_ENABLED',
    section: 'mail',
    summary: 'Whether mail is sent.',
    schema: flag(),
    default: false,
  },
  key: {
    env: 'MAIL_KEY',
    section: 'mail',
    summary: 'Key of the provider.',
    schema: opaque(),
    secret: true,
    required: all,
    when: { env: 'MAIL_ENABLED', equals: 'true' },
    fix: 'Ask the provider.',
  },
})

const App = defineSettings({
  size: {
    env: 'SIZE',
    section: 'application',
    summary: 'A size.',
    schema: integer({ min: 1, max: 9 }),
    default: 3,
  },
  pace: {
    env: 'PACE',
    section: 'application',
    summary: 'A pace.',
    schema: integer(),
    default: { local: 1, staging: 2, production: 3 },
  },
  name: { env: 'NAME', section: 'application', summary: 'A name.', schema: line(9), example: 'Ann' },
  place: {
    env: 'PLACE',
    section: 'application',
    summary: 'A place.',
    schema: line(),
    default: 'here',
    required: ['staging', 'production'],
  },
  token: {
    env: 'TOKEN',
    section: 'secrets',
    summary: 'A token.',
    schema: opaque(),
    secret: true,
    required: ['production'],
  },
  tags: {
    env: 'TAGS',
    section: 'http',
    summary: 'Tags.',
    schema: list(),
    default: [],
    refuse: (tags: readonly string[]) => (tags.includes('*') ? 'A star is too much.' : null),
    example: 'a,b',
  },
})

const load = (env: Record<string, string | undefined>, ...fallbacks: Record<string, string>[]) =>
  loadSettings({ source: fromEnv(env, ...fallbacks), catalogs: { app: App, mail: Mail } })

const subjects = (
  env: Record<string, string>,
  catalogs: Record<string, SettingsCatalog> = { app: App, mail: Mail },
) =>
  inspectSettings({ source: fromEnv(env), catalogs }).problems.map(
    ({ subject, what }) => `${subject} ${what}`,
  )

describe('fromEnv', () => {
  it('takes empty and blank texts as absent, and trims the others', () => {
    const source = fromEnv({ A: '', B: '  \n', C: ' c\n', D: undefined })
    expect(source.names).toEqual(['C'])
    expect(['A', 'B', 'C', 'D', 'E', 'toString', '__proto__'].map((name) => source.get(name))).toEqual([
      undefined,
      undefined,
      'c',
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('asks the fallbacks in order for what is absent', () => {
    const source = fromEnv({ A: '1', B: '' }, { A: '2', B: '2' }, { B: '3', C: '3' })
    expect(['A', 'B', 'C'].map((name) => source.get(name))).toEqual(['1', '2', '3'])
    expect(source.names).toEqual(['A', 'B', 'C'])
  })

  describe('without arguments', () => {
    afterEach(() => {
      delete process.env['CORBEL_TEST_ONLY']
    })

    it('reads the environment of the process', () => {
      process.env['CORBEL_TEST_ONLY'] = 'here'
      expect(fromEnv().get('CORBEL_TEST_ONLY')).toBe('here')
    })
  })
})

describe('loadSettings', () => {
  it('gives parsed values by module and key, and by environment name', () => {
    const { values, byEnv, profile, warnings } = load({
      SIZE: '4',
      NAME: 'Ann',
      TOKEN: 'x',
      MAIL_ENABLED: 'yes',
      MAIL_KEY: 'k',
      TAGS: 'a,b',
    })
    expect(values.app).toMatchObject({ size: 4, pace: 1, name: 'Ann', place: 'here', tags: ['a', 'b'] })
    expect(values.app.token?.reveal()).toBe('x')
    expect(values.mail.key?.reveal()).toBe('k')
    expect(byEnv.get('SIZE')).toBe(4)
    expect(byEnv.get('TOKEN')).toBeInstanceOf(Secret)
    expect([profile, warnings]).toEqual(['local', []])
  })

  it('uses defaults for what is absent', () => {
    expect(load({ SIZE: '' }).values).toEqual({
      app: { size: 3, pace: 1, name: undefined, place: 'here', token: undefined, tags: [] },
      mail: { enabled: false, key: undefined },
    })
  })

  it('infers what may be absent', () => {
    const { values } = load({})
    expectTypeOf(values.app.size).toEqualTypeOf<number>()
    expectTypeOf(values.app.pace).toEqualTypeOf<number>()
    expectTypeOf(values.app.name).toEqualTypeOf<string | undefined>()
    expectTypeOf(values.app.place).toEqualTypeOf<string>()
    expectTypeOf(values.app.token).toEqualTypeOf<Secret | undefined>()
    expectTypeOf(values.app.tags).toEqualTypeOf<readonly string[]>()
    expectTypeOf(values.mail.key).toEqualTypeOf<Secret | undefined>()
    const { values: more } = inspectSettings({
      source: fromEnv({ PEPPER: 'p' }),
      catalogs: {
        more: defineSettings({
          pepper: {
            env: 'PEPPER',
            section: 'secrets',
            summary: 'A pepper.',
            schema: opaque(),
            secret: true,
            required: all,
          },
          level: {
            env: 'LEVEL',
            section: 'secrets',
            summary: 'A level.',
            schema: choice(['a', 'b']),
            default: 'a',
          },
        }),
      },
    })
    expectTypeOf(more.more.pepper).toEqualTypeOf<Secret>()
    expectTypeOf(more.more.level).toEqualTypeOf<'a' | 'b'>()
    expect(more.more.pepper.reveal()).toBe('p')
  })

  it('lets no default or refusal of another type compile', () => {
    const base = { env: 'X', section: 'application', summary: 'X.' } as const
    // @ts-expect-error a text is no number
    defineSettings({ x: { ...base, schema: integer(), default: 'many' } })
    const perProfile = { local: 1, staging: 2, production: 'many' } as const
    // @ts-expect-error a default for each profile is of the type, too
    defineSettings({ x: { ...base, schema: integer(), default: perProfile } })
    // @ts-expect-error the value is a number
    defineSettings({ x: { ...base, schema: integer(), refuse: (value: string) => value } })
    expect(defineSettings({ x: { ...base, schema: integer(), default: 1 } }).x.default).toBe(1)
  })
})

describe('profiles', () => {
  it.each<[text: string, profile: Profile]>([
    ['local', 'local'],
    ['STAGING', 'staging'],
    [' production ', 'production'],
  ])('%s', (text, profile) => {
    expect(inspectSettings({ source: fromEnv({ CORBEL_PROFILE: text }), catalogs: {} })).toMatchObject({
      profile,
      problems: [],
    })
  })

  it.each<[text: string, profile: Profile, fix: string]>([
    ['prodution', 'production', 'CORBEL_PROFILE=production'],
    ['prod', 'production', 'CORBEL_PROFILE=production'],
    ['stagin', 'staging', 'CORBEL_PROFILE=staging'],
    ['test', 'local', 'one of them'],
  ])('reports %s and goes on as %s', (text, profile, fix) => {
    const inspected = inspectSettings({ source: fromEnv({ CORBEL_PROFILE: text }), catalogs: {} })
    expect(inspected.profile).toBe(profile)
    expect(inspected.problems.map(({ subject }) => subject)).toEqual(['CORBEL_PROFILE'])
    expect(inspected.problems[0]?.fix).toContain(fix)
  })

  it('gives an explicit profile precedence, also in the values', () => {
    const Own = defineSettings({
      profile: {
        env: 'CORBEL_PROFILE',
        section: 'application',
        summary: 'Profile.',
        schema: choice(all),
        default: 'local',
      },
    })
    const { values, profile } = loadSettings({
      source: fromEnv({ CORBEL_PROFILE: 'nonsense' }),
      catalogs: { own: Own },
      profile: 'staging',
    })
    expect([profile, values.own.profile]).toEqual(['staging', 'staging'])
  })

  it("warns when another system's name says production", () => {
    const warnings = (env: Record<string, string>) =>
      inspectSettings({ source: fromEnv(env), catalogs: {} }).warnings
    expect(warnings({ ENVIRONMENT: 'production' })).toEqual([
      'ENVIRONMENT does not decide the profile, so this is "local". Set CORBEL_PROFILE.',
    ])
    expect(warnings({ ENVIRONMENT: 'production', CORBEL_PROFILE: 'local' })).toEqual([])
    expect(warnings({ ENVIRONMENT: 'development', NODE_ENV: 'test' })).toEqual([])
  })
})

const production = { CORBEL_PROFILE: 'production', PLACE: 'there', TOKEN: strong }

describe('rules', () => {
  it.each<[rule: string, env: Record<string, string>, problems: readonly string[]]>([
    ['nothing is wrong', production, []],
    ['invalid in every profile', { SIZE: '10', PACE: 'slow' }, ['SIZE is not valid', 'PACE is not valid']],
    [
      'required where the profile says so',
      { CORBEL_PROFILE: 'production' },
      ['PLACE is missing', 'TOKEN is missing'],
    ],
    ['required in another profile only', { CORBEL_PROFILE: 'staging' }, ['PLACE is missing']],
    ['empty is missing', { ...production, TOKEN: ' ' }, ['TOKEN is missing']],
    [
      'a placeholder in production',
      { ...production, TOKEN: 'change-me' },
      ['TOKEN is a placeholder or too weak'],
    ],
    [
      'a short secret in production',
      { ...production, TOKEN: strong.slice(1) },
      ['TOKEN is a placeholder or too weak'],
    ],
    ['a placeholder elsewhere', { TOKEN: 'change-me' }, []],
    ['a refused value in production', { ...production, TAGS: 'a,*' }, ['TAGS is refused in production']],
    ['a refused value elsewhere', { TAGS: 'a,*' }, []],
    ['a condition that holds', { MAIL_ENABLED: '1' }, ['MAIL_KEY is missing']],
    ['a condition that does not hold', { ...production, MAIL_ENABLED: 'no', MAIL_KEY: 'change-me' }, []],
    ['a condition whose setting is invalid', { MAIL_ENABLED: 'perhaps' }, ['MAIL_ENABLED is not valid']],
  ])('%s', (_, env, problems) => {
    expect(subjects(env)).toEqual(problems)
  })

  it('a conditional setting may stand before the one that it names', () => {
    const { enabled, key } = Mail
    expect(subjects({ MAIL_ENABLED: '1' }, { mail: { key, enabled } })).toEqual(['MAIL_KEY is missing'])
  })

  it('a condition may name a variable that nobody declares', () => {
    const { key } = Mail
    expect(subjects({ MAIL_ENABLED: 'true' }, { mail: { key } })).toEqual(['MAIL_KEY is missing'])
  })

  it('conditions in a circle end', () => {
    const circle = (env: string, other: string) => ({ ...App.name, env, when: { env: other, equals: 'x' } })
    expect(subjects({ A: 'x', B: 'x' }, { loop: { a: circle('A', 'B'), b: circle('B', 'A') } })).toEqual([])
  })

  it('two declarations of one name are a problem, one declaration used twice is not', () => {
    expect(subjects({}, { one: { size: App.size }, two: { size: App.size } })).toEqual([])
    expect(subjects({}, { one: { size: App.size }, two: { size: { ...App.size, default: 4 } } })).toEqual([
      'SIZE is declared by both "one" and "two"',
    ])
  })

  it('unknown names of our own are warned about, unless somebody else knows them', () => {
    const source = fromEnv({ CORBEL_PROFIL: 'x', CORBEL_OTHER: 'y', ELSE: 'z' })
    expect(inspectSettings({ source, catalogs: {}, known: ['CORBEL_OTHER'] }).warnings).toEqual([
      'CORBEL_PROFIL is not a setting, so it has no effect. Did you mean CORBEL_PROFILE?',
    ])
  })
})

describe('the report', () => {
  const report = (env: Record<string, string>): string => {
    try {
      load(env)
    } catch (error) {
      if (error instanceof SettingsError) return error.message
      throw error
    }
    return 'started'
  }

  it('tells every problem at once, with reason and remedy', () => {
    expect(
      report({
        CORBEL_PROFILE: 'production',
        SIZE: 'big',
        PLCAE: 'here',
        TOKEN: 'change-me',
        TAGS: '*',
        MAIL_ENABLED: 'true',
      }),
    ).toBe(
      `The stack does not start with the profile "production": 5 problems.

  SIZE is not valid.
    why:     It must be a whole number from 1 to 9, but it is "big".
    fix:     Correct SIZE.
    purpose: A size.

  PLACE is missing.
    why:     The profile "production" needs it.
    fix:     Set PLACE.
    purpose: A place.

  TOKEN is a placeholder or too weak.
    why:     It contains a well-known placeholder word.
    fix:     Make a new value: openssl rand -base64 32
    purpose: A token.

  TAGS is refused in production.
    why:     A star is too much.
    fix:     Set TAGS, for example a,b.
    purpose: Tags.

  MAIL_KEY is missing.
    why:     The profile "production" needs it because MAIL_ENABLED is true.
    fix:     Ask the provider.
    purpose: Key of the provider.`,
    )
  })

  it('points at a name that was probably misspelt', () => {
    expect(report({ ...production, TOKEN: '', TOKENS: 'x' })).toContain('TOKENS is set: is it misspelt?')
  })

  it('shows a wrong value shortened and without the credentials in it', () => {
    expect(report({ SIZE: 'http://me:hunter2@host/' })).toContain('"http://[secret]@host/"')
    expect(report({ SIZE: 'y'.repeat(100) })).toContain(`"${'y'.repeat(57)}..."`)
  })
})

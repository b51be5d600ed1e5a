import type { SettingFacts } from './setting-facts.ts'

/** JSON Schema (2020-12) of an environment for one profile: every value is text, as the environment has it. */
export function settingsJsonSchema(settings: readonly SettingFacts[]): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of the stack',
    type: 'object',
    properties: Object.fromEntries(settings.map((setting) => [setting.env, property(setting)])),
    allOf: settings.flatMap(condition),
    additionalProperties: true,
  }
}

const property = ({ summary, form, secret, default: standard, example }: SettingFacts): object => ({
  type: 'string',
  description: `${summary} Must be ${form}.`,
  ...(secret && { writeOnly: true }),
  ...(standard !== null && !standard.includes(': ') && { default: standard }),
  ...(example !== null && { examples: [example] }),
})

/** In which profiles, and for which value of another setting, it must be there. */
function condition({ env, required, when }: SettingFacts): readonly object[] {
  if (required.length === 0) return []
  const profile = profileIn(required)
  const both = when === null ? profile : { allOf: [profile, is(when.env, [when.equals])] }
  return [{ anyOf: [{ not: both }, { required: [env] }] }]
}

/** A profile that is not named is `local`. */
function profileIn(profiles: readonly string[]): object {
  const named = is('CORBEL_PROFILE', profiles)
  return profiles.includes('local') ? { anyOf: [{ not: { required: ['CORBEL_PROFILE'] } }, named] } : named
}

const is = (env: string, values: readonly string[]): object => ({
  required: [env],
  properties: { [env]: { enum: values } },
})

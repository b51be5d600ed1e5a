import { settingsOf } from '../catalog/setting-list.ts'
import { writeFileAtomically } from '../env-file/write-file.ts'
import type { Action } from '../run/command.ts'

export type TfvarsFlags = { readonly format: 'hcl' | 'json'; readonly to?: string }

/** The settings that are set, as variables of Terraform. Secrets are named and never written: where state lies, many read. */
export const action: Action<TfvarsFlags> = async ({ config, settings, resolve }, { format, to }) => {
  const [description, source] = [await (await config()).config.describe(), await settings()]
  const given = settingsOf(description).flatMap(({ setting: { env, secret } }) => {
    const value = source.get(env)
    return value === undefined ? [] : [{ env, value, secret: secret === true }]
  })
  const variables = {
    environment: Object.fromEntries(
      given.flatMap(({ env, value, secret }) => (secret ? [] : [[env, value]])),
    ),
    secret_names: given.flatMap(({ env, secret }) => (secret ? [env] : [])),
  }
  const text = format === 'json' ? `${JSON.stringify(variables, null, 2)}\n` : hcl(variables)
  const file = to === undefined ? null : resolve(to)
  if (file !== null) writeFileAtomically(file, text, 0o644)
  return { data: { ...variables, file }, text: file ?? text }
}

const hcl = (variables: {
  readonly environment: Readonly<Record<string, string>>
  readonly secret_names: readonly string[]
}): string =>
  [
    'environment = {',
    ...Object.entries(variables.environment).map(([name, value]) => `  ${name} = ${quoted(value)}`),
    '}',
    '',
    `secret_names = [${variables.secret_names.map(quoted).join(', ')}]`,
    '',
  ].join('\n')

/** A template of HCL begins with ${ or %{. */
const quoted = (text: string): string => JSON.stringify(text).replaceAll(/([$%])\{/g, '$1$1{')

import type { Setting } from '@corbel/core'
import { madeSecret } from '../catalog/made-secret.ts'
import { settingsOf } from '../catalog/setting-list.ts'
import type { CorbelConfig, StackDescription } from '../config.ts'
import type { Row } from './report.ts'

export interface RotationSource {
  readonly description: StackDescription
  /** Names of the settings that have a value of their own. */
  readonly given: ReadonlySet<string>
  /** As the operator would write it. */
  readonly envFile: string
  readonly secrets: CorbelConfig['secrets']
}

/** The runbook for this installation's secrets, by the names that they have here. */
export function keyRotation(source: RotationSource, rows: readonly Row[]): string {
  const { description, given } = source
  const secrets = settingsOf(description).filter(
    ({ setting: { env, secret } }) => secret === true && given.has(env),
  )
  return [
    '# Rotation of keys and secrets',
    signingKeys(jwksAddress(description, rows)),
    ...secrets.map(({ setting }) => secretOf(setting, source)),
    '',
  ].join('\n\n')
}

const signingKeys = (jwks: string): string =>
  [
    '## Keys that sign access tokens',
    '',
    ...numbered([
      '`corbel auth keys list` shows where each key stands.',
      '`corbel auth keys rotate --wait` publishes a key, waits until whoever verifies can know it, and signs with it.',
      `\`corbel auth jwks verify ${jwks}\` shows that it is served.`,
      '`corbel auth keys rotate` another time removes the old key once its tokens have expired.',
    ]),
    '',
    'Stolen: `corbel auth keys retire <kid> --compromised` after step 2; its tokens fail at once.',
  ].join('\n')

/** Where the stack serves its public keys, by its own document and its own address. */
function jwksAddress({ openApi }: StackDescription, rows: readonly Row[]): string {
  const { paths = {} } = openApi as { readonly paths?: object }
  const path = Object.keys(paths).find((each) => each.endsWith('/jwks.json'))
  const origin = rows.find(({ name }) => name === 'APP_PUBLIC_URL')?.value
  return path === undefined || !origin ? '<address of the JWKS>' : `${origin.replace(/\/$/, '')}${path}`
}

function secretOf(setting: Setting, { envFile, secrets }: RotationSource): string {
  const { env, summary, fix = 'Make another value where the first one came from.' } = setting
  const isStored = secrets !== undefined && !secrets.kept.includes(env)
  const restart = [
    'Start the hosts and the workers again, one by one.',
    '`corbel doctor` must find nothing.',
    setting.rotated === undefined
      ? 'What was made with the old value has ended; see above what that is.'
      : 'What was made with the old value stays good until the old value is taken out, in the same way.',
  ]
  const inFile =
    setting.rotated === undefined
      ? `Put it into \`${envFile}\` in place of the old one.`
      : `Put it into \`${envFile}\` before the old one, in the form that the summary tells.`
  return [
    `## ${env}`,
    '',
    summary,
    '',
    ...(isStored
      ? [
          'When it is in the secret store:',
          '',
          ...numbered([
            '`corbel secrets status` tells its version.',
            ...(madeSecret(setting) === null ? [`${fix} Keep it in a variable such as \`NEW_VALUE\`.`] : []),
            `\`corbel secrets rotate ${env} --from-version <version>${madeSecret(setting) === null ? ' --value-env NEW_VALUE' : ''}\`; running it again rotates no second time.`,
            '`corbel secrets verify`',
            ...restart,
          ]),
          '',
          `When it is in \`${envFile}\`:`,
          '',
        ]
      : []),
    ...numbered([fix, inFile, ...restart]),
  ].join('\n')
}

const numbered = (steps: readonly string[]): readonly string[] =>
  steps.map((step, index) => `${index + 1}. ${step}`)

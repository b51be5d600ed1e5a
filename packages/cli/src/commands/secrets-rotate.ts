import type { Setting } from '@corbel/core'
import { Secret } from '@corbel/core/ports'
import { madeSecret } from '../catalog/made-secret.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { toCliError } from '../run/to-cli-error.ts'
import { storedName, withSecrets } from '../secrets/with-secrets.ts'

export type RotateFlags = { readonly valueEnv?: string; readonly fromVersion?: string }

/**
 * Puts another value in the place of a stored one: of concurrent callers one does. With the version that it is to replace, running it
 * again after an interruption rotates no second time.
 */
export const action: Action<RotateFlags, [string]> = (invocation, { valueEnv, fromVersion }, name) =>
  withSecrets(invocation, async ({ store, settings }) => {
    const setting = settings.find(({ env }) => env === name)
    if (!setting) throw unknown(name)
    const present = await store.get(storedName(name))
    if (present === null) throw notStored(name)
    const { process: host } = invocation
    if (fromVersion !== undefined && present.version !== fromVersion)
      return {
        data: { name, version: present.version, rotated: false },
        text: `${name} is at version ${present.version}, and no more at ${fromVersion}.`,
      }
    const next = nextValue(setting, valueEnv === undefined ? undefined : (host.env[valueEnv] ?? ''))
    const value = setting.rotated?.(present.value.reveal(), next) ?? next
    if (!setting.schema.safeParse(value).success) throw wrongForm(setting)
    const written = await store
      .put(storedName(name), new Secret(value), present.version)
      .catch((error: unknown) => {
        throw unfinished(error, name, present.version)
      })
    const stays = setting.rotated !== undefined
    return {
      data: { name, version: written.version, before: present.version, rotated: true, stays },
      text: `${name} is at version ${written.version} now.`,
      warnings: [
        stays
          ? 'What was made with the value before stays good.'
          : `What was made with the value before ends when the hosts start again. ${setting.summary}`,
        ...(store.lastWriteWins === undefined
          ? []
          : [`Of rotations at the same moment the last one is in force: ${store.lastWriteWins}.`]),
      ],
      next: [{ command: 'corbel secrets verify', when: 'before the hosts are started again, one by one' }],
    }
  })

/** Whether a write took effect whose answer is lost, nobody knows; the version that it was to replace tells. */
function unfinished(error: unknown, name: string, version: string): CliError {
  const { ending, details } = toCliError(error)
  return new CliError(ending, {
    ...details,
    why: `Whether ${name} was written is not certain; it was at version ${version}.`,
    fix: `${details.fix} Then run the command below: it rotates only while that version is in force.`,
    next: `corbel secrets rotate ${name} --from-version ${version}`,
  })
}

function nextValue(setting: Setting, given: string | undefined): string {
  if (given !== undefined && given !== '') return given
  const made = given === undefined ? madeSecret(setting) : null
  if (made !== null) return made
  throw new CliError('unanswered', {
    code: 'secrets/no-value',
    message: `The new value of ${setting.env} comes from elsewhere.`,
    fix: `${setting.fix ?? 'Make one where the first one came from.'} Then name an environment variable that has it: --value-env NAME`,
    missing: [setting.env],
  })
}

const unknown = (name: string): CliError =>
  new CliError('usage', {
    code: 'secrets/unknown',
    message: `${name} is no secret that the store may have.`,
    fix: 'Name a setting of the list.',
    next: 'corbel secrets status',
  })

const notStored = (name: string): CliError =>
  new CliError('conflict', {
    code: 'secrets/not-stored',
    message: `${name} is not in the store.`,
    fix: 'Bring it there first.',
    next: 'corbel secrets onboard',
  })

const wrongForm = ({ env, schema }: Setting): CliError =>
  new CliError('invalid', {
    code: 'secrets/wrong-form',
    message: `The new value of ${env} has the wrong form; nothing was written.`,
    fix: `It must be ${schema.description ?? 'text'}.`,
  })

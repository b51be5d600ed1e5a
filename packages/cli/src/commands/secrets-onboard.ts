import { Secret, type SecretStore } from '@corbel/core/ports'
import { inspectStack } from '../catalog/inspect-stack.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { toCliError } from '../run/to-cli-error.ts'
import { storedName, storedSecrets, withSecrets } from '../secrets/with-secrets.ts'

export type OnboardFlags = { readonly dryRun: boolean }

/**
 * Brings the secrets of the environment into the store, and reads each back. One that is there stays; another one in its place is never
 * written over. After any interruption it goes on.
 */
export const action: Action<OnboardFlags> = (invocation, { dryRun }) =>
  withSecrets(invocation, async (open) => {
    const { store, source, description, settings } = open
    const { config } = await invocation.config()
    const { problems } = await inspectStack(config, description, source, undefined)
    const unfit = problems.filter(
      ({ subject }) => source.get(subject) !== undefined && settings.some(({ env }) => env === subject),
    )
    if (unfit.length > 0) throw refused(unfit)
    const stored = await storedSecrets(open)
    const given = settings.flatMap(({ env }) => {
      const value = source.get(env)
      return value === undefined ? [] : [{ env, value }]
    })
    const others = given.filter(({ env, value }) => (stored.get(env)?.value.reveal() ?? value) !== value)
    if (others.length > 0) throw differing(others.map(({ env }) => env))
    const missing = given.filter(({ env }) => !stored.has(env))
    const brought: string[] = dryRun ? missing.map(({ env }) => env) : []
    for (const { env, value } of dryRun ? [] : missing) {
      invocation.process.signal.throwIfAborted()
      try {
        await bring(store, env, value)
      } catch (error) {
        throw brought.length === 0 ? error : halfway(error, env, brought)
      }
      brought.push(env)
    }
    return {
      data: { brought, present: [...stored.keys()], dryRun },
      text: [
        ...brought,
        dryRun ? 'Nothing was written.' : `${brought.length} secret(s) are in the store now.`,
      ].join('\n'),
      ...(!dryRun && {
        next: [
          {
            command: 'corbel env run --secrets -- <the program>',
            when: 'they have been taken out of the env file',
          },
        ],
      }),
    }
  })

async function bring(store: SecretStore, env: string, value: string): Promise<void> {
  await store.put(storedName(env), new Secret(value), null)
  const back = await store.get(storedName(env))
  if (back?.value.reveal() === value) return
  throw new CliError('failed', {
    code: 'secrets/not-read-back',
    message: `${env} was written and does not come back as it was.`,
    fix: 'Look into the store; leave the secret in the env file until "corbel secrets verify" ends with 0.',
  })
}

function halfway(error: unknown, env: string, brought: readonly string[]): CliError {
  const { details } = toCliError(error)
  return new CliError('partial', {
    code: 'secrets/partly-brought',
    message: `${brought.length} secret(s) are in the store; ${env} and those after it are not.`,
    why: details.message,
    fix: `${details.fix} Then run it again: it goes on where it was.`,
    next: 'corbel secrets onboard',
    data: { brought },
    cause: error,
  })
}

const refused = (problems: readonly { readonly subject: string; readonly what: string }[]): CliError =>
  new CliError('invalid', {
    code: 'secrets/unfit',
    message: 'Not every secret is fit to be kept; nothing was written.',
    why: problems.map(({ subject, what }) => `${subject} ${what}`).join('; '),
    fix: 'Put right what is named.',
    next: 'corbel doctor',
  })

const differing = (names: readonly string[]): CliError =>
  new CliError('conflict', {
    code: 'secrets/differ',
    message: 'The store has other values; nothing was written.',
    why: names.join(', '),
    fix: 'Take the one that is not in force out of the env file, or bring it into force with "corbel secrets rotate".',
    next: 'corbel secrets status',
  })

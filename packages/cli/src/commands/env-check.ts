import type { Profile } from '@corbel/core'
import { inspectStack } from '../catalog/inspect-stack.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'

export type EnvCheckFlags = {
  readonly profile?: Profile
}

/** What a start would say about the settings, without starting. */
export const action: Action<EnvCheckFlags> = async ({ config, settings }, { profile }) => {
  const { config: stack } = await config()
  const {
    profile: found,
    problems,
    warnings,
  } = await inspectStack(stack, await stack.describe(), await settings(), profile)
  const data = { profile: found, problems, warnings }
  if (problems.length === 0)
    return { data, text: `The settings are fit for the profile "${found}".`, warnings }
  throw new CliError('invalid', {
    code: 'settings/refused',
    message: `${problems.length === 1 ? '1 setting keeps' : `${problems.length} settings keep`} the stack from starting with the profile "${found}".`,
    why: problems
      .map(({ subject, what, why, fix }) => `${subject} ${what}. ${why}\n        ${fix}`)
      .join('\n        '),
    fix: 'Correct them in the environment or in the env file.',
    next: 'corbel doctor',
    missing: problems.filter(({ what }) => what === 'is missing').map(({ subject }) => subject),
    data,
  })
}

import { type Profile, profiles, type StartProblem } from '@corbel/core'
import { CliError } from '../run/cli-error.ts'

/** Why setup does not begin or go on. */

/** Returns the result of settings that are fit to start with. @throws CliError for others */
export function refuseUnfit<R extends { readonly data: unknown; readonly text: string }>(
  missing: readonly string[],
  problems: readonly StartProblem[],
  result: R,
): R {
  if (missing.length > 0)
    throw new CliError('unanswered', {
      code: 'setup/answers-missing',
      message: `${missing.length} ${missing.length === 1 ? 'answer is' : 'answers are'} missing; the env file is as it was.`,
      why: missing.join(', '),
      fix: 'Give each as --var NAME=value or in an answers file, or run setup in a terminal.',
      next: `corbel setup ${missing.map((name) => `--var ${name}=…`).join(' ')}`,
      missing,
      ...result,
    })
  if (problems.length > 0)
    throw new CliError('invalid', {
      code: 'setup/refused',
      message: `A start would refuse ${problems.length} of the settings; the env file is as it was.`,
      why: problems.map(({ subject, what, why }) => `${subject} ${what}. ${why}`).join('\n        '),
      fix: problems.map(({ fix }) => fix).join('\n        '),
      ...result,
    })
  return result
}

export const cancelled = (): CliError =>
  new CliError('interrupted', {
    code: 'setup/cancelled',
    message: 'Setup was cancelled; nothing was written.',
    fix: 'Run it again.',
    next: 'corbel setup',
  })

export const unusedAnswers = (names: readonly string[]): CliError =>
  new CliError('invalid', {
    code: 'setup/unused-answers',
    message: `Nothing uses the answers for ${names.join(', ')}.`,
    why: 'They are misspelt, or belong to a branch that the other answers exclude.',
    fix: 'Take them out, or correct them.',
  })

export const unfinished = (envFile: string): CliError =>
  new CliError('conflict', {
    code: 'setup/unfinished',
    message: `An earlier setup of ${envFile} was interrupted.`,
    why: 'What it had decided is kept, and a second plan beside it would mix the two.',
    fix: 'Let it finish. Then run setup again for other answers.',
    next: 'corbel setup --resume',
  })

export const unknownProfile = (): CliError =>
  new CliError('invalid', {
    code: 'setup/unknown-profile',
    message: 'CORBEL_PROFILE names no profile.',
    fix: `It must be one of ${profiles.join(', ')}.`,
  })

export const locked = (from: Profile, to: Profile): CliError =>
  new CliError('conflict', {
    code: 'setup/profile-locked',
    message: `The env file is for the profile ${from} and does not become one for ${to}.`,
    why: 'Its secrets are those of a stricter place, and laxer rules would apply to them.',
    fix: `Set up ${to} in a file of its own.`,
    next: `corbel setup --profile ${to} --settings-file .env.${to}`,
  })

import type { Setting } from './define-settings.ts'
import { type Profile, profiles } from './profile.ts'
import type { StartProblem } from './start-report.ts'

export const missing = (setting: Setting, profile: Profile, misspelt: string | undefined): StartProblem => ({
  subject: setting.env,
  what: 'is missing',
  why: `The profile "${profile}" needs it${condition(setting)}.${misspelt === undefined ? '' : ` ${misspelt} is set: is it misspelt?`}`,
  fix: setting.fix ?? `Set ${setting.env}${example(setting)}.`,
  summary: setting.summary,
})

export const unparsable = (setting: Setting, text: string, message: string | undefined): StartProblem => ({
  subject: setting.env,
  what: 'is not valid',
  why: `It ${reason(setting, text, message)}${setting.secret === true ? '' : `, but it is "${shown(text)}"`}.`,
  fix: setting.fix ?? `Correct ${setting.env}${example(setting)}.`,
  summary: setting.summary,
})

export const weak = (setting: Setting, why: string): StartProblem => ({
  subject: setting.env,
  what: 'is a placeholder or too weak',
  why,
  fix: setting.fix ?? 'Make a new value: openssl rand -base64 32',
  summary: setting.summary,
})

export const refused = (setting: Setting, text: string, why: string): StartProblem => ({
  subject: setting.env,
  what: 'is refused in production',
  why: setting.secret === true ? why.replaceAll(text, '[secret]') : why,
  fix: setting.fix ?? `Set ${setting.env}${example(setting)}.`,
  summary: setting.summary,
})

export const misspeltProfile = (env: string, text: string, meant: Profile | undefined): StartProblem => ({
  subject: env,
  what: 'is not valid',
  why: `It must be one of ${profiles.join(', ')}, but it is "${shown(text)}".`,
  fix:
    meant === undefined
      ? `Set ${env} to one of them.`
      : `Set ${env}=${meant}; the rest of this report is about "${meant}".`,
})

export const redeclared = (setting: Setting, first: string, second: string): StartProblem => ({
  subject: setting.env,
  what: `is declared by both "${first}" and "${second}"`,
  why: 'Two declarations of one setting may disagree about its form, its default or its secrecy.',
  fix: 'Declare it in one catalogue and use that same declaration in the other.',
  summary: setting.summary,
})

const condition = ({ when }: Setting): string =>
  when === undefined ? '' : ` because ${when.env} is ${when.equals}`

const example = ({ example: text }: Setting): string => (text === undefined ? '' : `, for example ${text}`)

/** What the schema demands. Of a secret only the declared form is told: a message of the schema's own might quote the value. */
function reason(setting: Setting, text: string, message: string | undefined): string {
  const form = setting.schema.description
  if (form !== undefined) return `must be ${form}`
  return message === undefined || setting.secret === true || message.includes(text)
    ? 'must have the right form'
    : `is refused: ${message}`
}

/** Enough of a value that is no secret to recognise it, without the credentials of a URL. */
function shown(text: string): string {
  const open = text.replaceAll(/\/\/[^/@\s]*@/g, '//[secret]@').replaceAll(/\p{Cc}/gu, ' ')
  return open.length > 60 ? `${open.slice(0, 57)}...` : open
}

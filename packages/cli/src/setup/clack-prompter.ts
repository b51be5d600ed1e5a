import { isCancel, note, password, text } from '@clack/prompts'
import type { CliProcess } from '../run/cli-context.ts'
import type { Prompter } from './prompter.ts'

/** Asks in a terminal. What people see goes to standard error, so that standard output is the result alone. */
export const clackPrompter = ({ stdin, stderr, signal }: CliProcess): Prompter => ({
  async ask({ name, title, why, secret, suggestion = '', check }, remaining) {
    const streams = { input: stdin, output: stderr, signal }
    const validate = (value = ''): string | undefined => check(value) ?? undefined
    note(why, `${name} · ${remaining} to go`, { output: stderr })
    const answer = secret
      ? await password({ message: title, validate, ...streams })
      : await text({ message: title, validate, placeholder: suggestion, ...streams })
    return isCancel(answer) ? null : answer
  },
})

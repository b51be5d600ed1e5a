import { readFileSync } from 'node:fs'
import { CliError } from '../run/cli-error.ts'

export type Answers = Readonly<Record<string, string>>

type Texts = Readonly<Record<string, string | undefined>>

/**
 * Answers that were given beforehand; later ones win. A file is a JSON object of texts, numbers and booleans; `{ "env": "NAME" }` stands
 * for what the environment has under that name, so that a file needs no secret in it.
 *
 * @param vars - `NAME=value` each.
 * @throws CliError when one of them cannot be read.
 */
export function readAnswers(files: readonly string[], vars: readonly string[], env: Texts): Answers {
  return Object.assign({}, ...files.map((file) => fromFile(file, env)), ...vars.map(fromVar)) as Answers
}

function fromVar(text: string): Answers {
  const at = text.indexOf('=')
  if (at > 0) return { [text.slice(0, at)]: text.slice(at + 1) }
  throw refused('--var', 'It must be NAME=value.')
}

function fromFile(path: string, env: Texts): Answers {
  const document = parsed(path)
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw refused(path, 'It must be a JSON object of answers by name.')
  return Object.fromEntries(
    Object.entries(document as Readonly<Record<string, unknown>>).map(([name, value]) => [
      name,
      answer(path, name, value, env),
    ]),
  )
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown
  } catch (error) {
    // What the parser says may quote an answer.
    const { code } = error as NodeJS.ErrnoException
    throw refused(path, code === undefined ? 'It is no JSON.' : `It cannot be read (${code}).`)
  }
}

function answer(path: string, name: string, value: unknown, env: Texts): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  const reference = (value as { readonly env?: unknown } | null)?.env
  if (typeof reference !== 'string') throw refused(path, `${name} must be a text, or { "env": "NAME" }.`)
  const found = env[reference]
  if (found === undefined || found === '')
    throw refused(path, `${name} refers to ${reference}, which the environment does not have.`)
  return found
}

const refused = (what: string, why: string): CliError =>
  new CliError('usage', {
    code: 'setup/unreadable-answers',
    message: `The answers of ${what} cannot be used.`,
    why,
    fix: 'Correct them; nothing was written.',
  })

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomically } from '../env-file/write-file.ts'
import { CliError } from '../run/cli-error.ts'

/** Text by path below the folder. */
export type Scaffold = Readonly<Record<string, string>>

const nameForm = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/** @throws CliError for a name that files and identifiers cannot have. */
export function checkName(name: string): void {
  if (nameForm.test(name) && name.length <= 40) return
  throw new CliError('usage', {
    code: 'new/invalid-name',
    message: `"${name}" cannot be the name.`,
    fix: 'Use lower-case letters and digits, words with a dash between: tea-pot. A noun, and one of it.',
  })
}

/** `tea-pot` -> `teaPot`. */
export const camel = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** `tea-pot` -> `TeaPot`. */
export const pascal = (name: string): string => `${camel(name)[0]?.toUpperCase()}${camel(name).slice(1)}`

/** Writes all of it or, when a file is in the way, nothing. @throws CliError */
export function writeScaffold(folder: string, scaffold: Scaffold): readonly string[] {
  const paths = Object.keys(scaffold).map((name) => join(folder, name))
  const inTheWay = paths.filter((path) => existsSync(path))
  if (inTheWay.length > 0)
    throw new CliError('conflict', {
      code: 'new/in-the-way',
      message: 'Files are there already; nothing was written.',
      why: inTheWay.join(', '),
      fix: 'Choose another name, or another folder with --to.',
    })
  for (const [name, text] of Object.entries(scaffold)) writeFileAtomically(join(folder, name), text, 0o644)
  return paths
}

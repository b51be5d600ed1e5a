import { createHash } from 'node:crypto'

/** One step of the schema, as plain SQL. Never changed after a release: a correction is a further migration. */
export interface Migration {
  /** `<module>/<number>-<what>`, unique; where it stands in the list is the order in which it is applied. */
  readonly name: string
  /** Statements, each closed by a semicolon at the end of a line; no other line ends with one. */
  readonly sql: string
}

/** SHA-256 of the SQL, in hexadecimal. */
export const checksumOf = ({ sql }: Migration): string => createHash('sha256').update(sql).digest('hex')

/** PGlite's extended protocol takes one statement at a time. */
export const statementsOf = ({ sql }: Migration): readonly string[] =>
  sql
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')

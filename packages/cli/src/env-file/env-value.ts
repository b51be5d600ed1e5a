/** Why a value cannot be written; null when dotenv, Node and a shell all read back what was meant. */
export function unwritable(value: string): string | null {
  if (value.includes('\0')) return 'it contains a NUL'
  if (value.includes('\r')) return 'it contains a carriage return, which readers drop or keep as they like'
  if (value.endsWith('\\'))
    return 'it ends with a backslash, which some readers take for an escaped quotation mark'
  if (value.includes("'") && /["$`\\\n!]/.test(value))
    return 'no quotation is read alike everywhere for a value with an apostrophe and one of " $ ` \\ ! or a line break'
  return null
}

/**
 * The value as it stands behind the `=`, in the one form that dotenv, Node and a shell read alike: bare, else in apostrophes, else in
 * quotation marks.
 *
 * @throws RangeError for an {@link unwritable} value.
 */
export function quoted(value: string): string {
  const reason = unwritable(value)
  if (reason !== null) throw new RangeError(`The value cannot be written to an env file: ${reason}.`)
  if (/^[\w./:@%+,=-]*$/.test(value)) return value
  return value.includes("'") ? `"${value}"` : `'${value}'`
}

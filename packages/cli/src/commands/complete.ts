import type { Action } from '../run/command.ts'

/** What could stand where the last word is. Called by the scripts of `completion`. */
export const action: Action<Readonly<Record<never, never>>, string[]> = async (
  { propose },
  _flags,
  ...words
) => {
  const data = await propose(words)
  return { data, text: data.map(({ completion }) => completion).join('\n') }
}

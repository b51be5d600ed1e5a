import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Runbook {
  /** Of the shell blocks, in their order. */
  readonly commands: readonly string[]
  /** Of the table of what to watch. */
  readonly metrics: readonly string[]
}

export function readRunbook(name: string): Runbook {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block)
  return {
    commands: blocks.flatMap((block) => block.replaceAll('\\\n', ' ').trim().split('\n')),
    metrics: [...text.matchAll(/^\| `(corbel_\w+)`/gm)].map(([, metric = '']) => metric),
  }
}

/** The words of a command as a shell reads them, with these variables. */
export const wordsOf = (
  command: string,
  variables: Readonly<Record<string, string>> = {},
): readonly string[] =>
  [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, quoted, literal, bare]) =>
      literal ?? (quoted ?? bare ?? '').replace(/\$(\w+)/g, (_, name: string) => variables[name] ?? ''),
  )

/** Sends what `curl` would send. @throws Error for an option that nobody knows here */
export function sendCurl([, ...words]: readonly string[]): Promise<Response> {
  const headers = new Headers()
  let [url, method, body]: (string | undefined)[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const value = words[at + 1] ?? ''
    if (!word.startsWith('-')) url = word
    else at++
    if (word === '-X') method = value
    else if (word === '-d') body = value
    else if (word === '-H') headers.append(...(value.split(': ', 2) as [string, string]))
    else if (word.startsWith('-'))
      throw new Error(`The runbook uses curl ${word}, which this test does not read.`)
  }
  return fetch(url ?? '', { method: method ?? 'GET', headers, ...(body !== undefined && { body }) })
}

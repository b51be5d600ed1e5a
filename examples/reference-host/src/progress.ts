import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Colours only on a terminal, and not with NO_COLOR. */
export const paint = (format: Format, text: string): string =>
  styleText(format, text, { stream: process.stdout, validateStream: true })

export const print = (line = ''): void => void process.stdout.write(`${line}\n`)

export const printStep = ({
  name,
  durationMs,
}: {
  readonly name: string
  readonly durationMs: number
}): void => print(`${paint('green', '✓')} ${name} ${paint('dim', `${Math.round(durationMs)} ms`)}`)

/** Does one step of the start and says so when it is done. */
export async function step<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  const started = performance.now()
  const result = await run()
  printStep({ name, durationMs: performance.now() - started })
  return result
}

import { readFileSync } from 'node:fs'

/** Of the package that this file is a part of, from sources and as built. */
export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}

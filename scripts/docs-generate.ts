import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { documents } from './docs/documents.ts'
import { readReference } from './docs/read-reference.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const current = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

const changed: string[] = []
for (const [path, text] of Object.entries(documents(await readReference()))) {
  const target = join(root, path)
  if (current(target) === text) continue
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  changed.push(path)
}
console.log(changed.length === 0 ? 'The reference is up to date.' : `Written: ${changed.join(', ')}`)

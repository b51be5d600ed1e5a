import { existsSync, readFileSync } from 'node:fs'
import { factsOf } from '../catalog/setting-facts.ts'
import { sectionTitle, settingsOf } from '../catalog/setting-list.ts'
import type { StackDescription } from '../config.ts'
import { writeFileAtomically } from '../env-file/write-file.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { markdownTable } from '../run/table.ts'

type InventoryFlags = {
  readonly path: string
}

// Nothing in it is secret.
const mode = 0o644

export const write: Action<InventoryFlags> = async ({ config, resolve }, { path }) => {
  const target = resolve(path)
  const text = inventory(await (await config()).config.describe())
  const changed = !existsSync(target) || readFileSync(target, 'utf8') !== text
  if (changed) writeFileAtomically(target, text, mode)
  return {
    data: { path: target, changed },
    text: changed ? `Written: ${target}` : `${target} is up to date.`,
  }
}

export const check: Action<InventoryFlags> = async ({ config, resolve }, { path }) => {
  const target = resolve(path)
  const drift = inventoryDrift(await (await config()).config.describe(), target)
  const { missing, surplus, changed } = drift
  const data = { path: target, ...drift }
  if (missing.length + surplus.length + changed.length === 0)
    return { data, text: `${target} lists every setting as it is declared.` }
  throw new CliError('conflict', {
    code: 'env/inventory-drift',
    message: `${target} is not what the stack declares.`,
    why: [
      ['not listed', missing],
      ['not declared', surplus],
      ['declared otherwise', changed],
    ]
      .filter(([, names]) => names?.length !== 0)
      .map(([what, names]) => `${String(what)}: ${(names as readonly string[]).join(', ')}`)
      .join('; '),
    fix: 'Write it anew and commit it.',
    next: `corbel env inventory write --path ${path}`,
    data,
  })
}

/** How the file at a path differs from what is declared. */
export function inventoryDrift(description: StackDescription, target: string) {
  const wanted = listed(inventory(description))
  const found = existsSync(target) ? listed(readFileSync(target, 'utf8')) : new Map<string, string>()
  return {
    missing: [...wanted.keys()].filter((name) => !found.has(name)),
    surplus: [...found.keys()].filter((name) => !wanted.has(name)),
    changed: [...wanted]
      .filter(([name, row]) => found.has(name) && found.get(name) !== row)
      .map(([name]) => name),
  }
}

function inventory(description: StackDescription): string {
  const rows = settingsOf(description)
    .map(factsOf)
    .map(({ env, section, form, secret, required, default: standard, when, summary }) => [
      `\`${env}\``,
      sectionTitle(section),
      secret ? 'secret' : form,
      standard ?? '',
      [required.join(', '), when === null ? '' : `when ${when.env}=${when.equals}`].filter(Boolean).join(' '),
      summary,
    ])
  const head = ['Setting', 'Section', 'Form', 'Default', 'Required', 'What it decides']
  return `# Settings\n\nWritten by \`corbel env inventory write\`.\n\n${markdownTable(head, rows)}\n`
}

/** Row by name; how wide somebody's formatter made the columns does not count. */
const listed = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^\| *`(\w+)` *\|.*$/gm)].map(([row, name = '']) => [
      name,
      row.replaceAll(/\s*\|\s*/g, '|').replaceAll(/\s+/g, ' '),
    ]),
  )

import { settingsOf } from '../catalog/setting-list.ts'
import { fingerprints } from '../catalog/fingerprint.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { readEnvFile } from '../run/read-settings.ts'
import { textTable } from '../run/table.ts'

interface Difference {
  readonly name: string
  readonly change: 'only left' | 'only right' | 'differs'
  readonly left: string | null
  readonly right: string | null
}

/** What two env files say differently. What is secret, or is nobody's setting, is shown by a fingerprint that is good for this run alone. */
export const action: Action<Readonly<Record<never, never>>, [string, string]> = async (
  { config, resolve },
  _flags,
  left,
  right,
) => {
  const settings = settingsOf(await (await config()).config.describe())
  const open = new Set(
    settings.filter(({ setting }) => setting.secret !== true).map(({ setting }) => setting.env),
  )
  const fingerprint = fingerprints()
  const [a, b] = [readEnvFile(resolve(left)), readEnvFile(resolve(right))]
  const shown = (name: string, value: string | undefined): string | null =>
    value === undefined ? null : open.has(name) ? value : fingerprint(value)
  const differences = [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap(
    (name): readonly Difference[] =>
      a[name] === b[name]
        ? []
        : [
            {
              name,
              change: a[name] === undefined ? 'only right' : b[name] === undefined ? 'only left' : 'differs',
              left: shown(name, a[name]),
              right: shown(name, b[name]),
            },
          ],
  )
  if (differences.length === 0) return { data: [], text: 'The two files say the same.' }
  const table = textTable(
    ['Setting', 'Change', left, right],
    differences.map((row) => [row.name, row.change, row.left ?? '', row.right ?? '']),
  )
  throw new CliError('conflict', {
    code: 'env/differs',
    message: `${left} and ${right} differ in ${differences.length} name(s).`,
    text: table,
    fix: 'Bring into line what should be the same.',
    data: differences,
  })
}

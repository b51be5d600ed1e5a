import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { notOffered } from '../run/not-offered.ts'
import { textTable } from '../run/table.ts'

/** Whether the services outside accept their credentials. Without --live nothing leaves the machine. */
export const action: Action<{ readonly live: boolean }> = async ({ config, settings }, { live }) => {
  const { config: declared, path } = await config()
  if (!declared.providers) throw notOffered(path, 'providers')
  const reports = await declared.providers(await settings(), { live })
  const text = textTable(
    ['Provider', 'Outcome', 'Settings', 'Detail'],
    reports.map(({ name, outcome, settings: names, detail = '' }) => [
      name,
      outcome,
      names.join(', '),
      detail,
    ]),
  )
  const refused = reports.filter(({ outcome }) => outcome === 'refused')
  const silent = reports.filter(({ outcome }) => outcome === 'unavailable')
  const [first] = [...refused, ...silent]
  if (!first)
    return {
      data: reports,
      text,
      ...(!live && {
        next: [{ command: 'corbel providers validate --live', when: 'they are to be asked' }],
      }),
    }
  throw new CliError(refused.length > 0 ? 'invalid' : 'unavailable', {
    code: refused.length > 0 ? 'providers/refused' : 'providers/unavailable',
    message: `${[...refused, ...silent].map(({ name }) => name).join(', ')} ${refused.length > 0 ? 'cannot be used as it is set' : 'did not answer'}.`,
    fix: first.fix ?? `Correct ${first.settings.join(', ')}.`,
    data: reports,
    text,
  })
}

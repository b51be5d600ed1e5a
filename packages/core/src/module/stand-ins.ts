import type { AdapterInfo, PortAdapter } from '../ports/adapter.ts'
import type { Profile } from './profile.ts'
import type { StartProblem } from './start-report.ts'

/**
 * The embedded stand-ins among the adapters, which only production refuses.
 *
 * @param adapters - By the name of the port that they stand behind.
 */
export function standInProblems(
  profile: Profile,
  adapters: Readonly<Record<string, PortAdapter>>,
): readonly StartProblem[] {
  if (profile !== 'production') return []
  return Object.entries(adapters).flatMap(([port, { adapter }]) =>
    adapter.standIn === undefined
      ? []
      : [
          {
            subject: port,
            what: `is served by the embedded stand-in "${adapter.name}"`,
            why: 'Stand-ins serve one process and keep no promise that production needs.',
            fix: remedy(adapter.standIn),
          },
        ],
  )
}

const remedy = ({ setting, fix }: NonNullable<AdapterInfo['standIn']>): string =>
  fix.includes(setting) ? fix : `${fix.replace(/\.$/, '')} (setting ${setting}).`

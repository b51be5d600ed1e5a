import { createHash } from 'node:crypto'
import { settingsOf } from '../catalog/setting-list.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'

// By what the loader says of a setting.
const ids: Readonly<Record<string, string>> = {
  'is missing': 'settings.missing',
  'is not valid': 'settings.invalid',
  'is a placeholder or too weak': 'settings.weak',
  'is refused in production': 'settings.refused',
}

/** What a start would refuse, and what it would only warn about. */
export async function checkSettings(facts: Facts): Promise<readonly Finding[]> {
  const { problems, warnings } = facts.inspected
  const found = [
    ...problems.map(({ subject, what, why, fix }): Finding => ({
      id: ids[what] ?? 'settings.contradictory',
      severity: 'error',
      subject,
      what,
      why,
      fix,
    })),
    ...warnings.map((text): Finding => ({
      id: text.includes('does not decide the profile') ? 'settings.profile-elsewhere' : 'settings.unknown',
      severity: 'warning',
      subject: text.split(' ', 1)[0] ?? '',
      what: text.slice(text.indexOf(' ') + 1),
      fix: 'Correct its name, or take it out.',
    })),
    ...withoutEffect(facts),
    ...reused(facts),
  ]
  return found.length > 0
    ? found
    : [
        {
          id: 'settings',
          severity: 'ok',
          subject: 'settings',
          what: `are fit for the profile "${facts.inspected.profile}"`,
        },
      ]
}

/** Set, but another setting switches it off. */
const withoutEffect = ({ description, source, inspected }: Facts): readonly Finding[] =>
  settingsOf(description).flatMap(({ setting: { env, when } }): readonly Finding[] =>
    when === undefined ||
    source.get(env) === undefined ||
    String(inspected.byEnv.get(when.env)) === when.equals
      ? []
      : [
          {
            id: 'settings.without-effect',
            severity: 'warning',
            subject: env,
            what: `is set and has no effect while ${when.env} is not ${when.equals}`,
            fix: `Set ${when.env}=${when.equals}, or take ${env} out.`,
          },
        ],
  )

/** One value behind two secrets: who learns one of them has both. */
function reused({ description, source, inspected }: Facts): readonly Finding[] {
  const names = new Map<string, string[]>()
  for (const { setting } of settingsOf(description)) {
    const value = setting.secret === true ? source.get(setting.env) : undefined
    if (value === undefined) continue
    const key = createHash('sha256').update(value).digest('hex')
    names.set(key, [...(names.get(key) ?? []), setting.env])
  }
  return [...names.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({
      id: 'settings.reused-secret',
      severity: inspected.profile === 'local' ? 'warning' : 'error',
      subject: same.join(', '),
      what: 'have the same value',
      why: 'Whoever learns one of them has the others too.',
      fix: 'Make a value for each: openssl rand -base64 32',
    }))
}

import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'

/** The services outside: what their credentials say of themselves and, when they may be asked, what they say. */
export async function checkProviders(facts: Facts): Promise<readonly Finding[]> {
  const { config, source, live, progress, inspected } = facts
  const modes = keyMode(facts)
  if (!config.providers || !live || inspected.problems.length > 0)
    return [...modes, { id: 'providers', severity: 'skipped', subject: 'providers', what: 'were not asked' }]
  progress('providers')
  const reports = await config.providers(source, { live })
  const found = reports.flatMap(({ name, outcome, settings, detail, fix }): readonly Finding[] =>
    outcome !== 'refused' && outcome !== 'unavailable'
      ? []
      : [
          {
            id: `provider.${outcome}`,
            severity: outcome === 'refused' ? 'error' : 'warning',
            subject: settings.join(', '),
            what: outcome === 'refused' ? `is refused by ${name}` : `leads to ${name}, which does not answer`,
            ...(detail !== undefined && { why: detail }),
            fix: fix ?? `Correct ${settings.join(', ')}.`,
          },
        ],
  )
  const asked = reports.filter(({ outcome }) => outcome === 'accepted').map(({ name }) => name)
  if (found.length > 0) return [...modes, ...found]
  const what = asked.length === 0 ? 'are not set' : `accept their credentials: ${asked.join(', ')}`
  return [...modes, { id: 'providers', severity: 'ok', subject: 'providers', what }]
}

/** A key of Stripe says by its form whether it moves money. */
function keyMode({ config, source, inspected }: Facts): readonly Finding[] {
  const subject = config.payments?.secretKey
  const mode = subject === undefined ? undefined : /^[a-z]+_(test|live)_/.exec(source.get(subject) ?? '')?.[1]
  if (subject === undefined || mode === undefined) return []
  if (mode === 'test' && inspected.profile === 'production')
    return [
      {
        id: 'payments.test-key',
        severity: 'error',
        subject,
        what: 'is a key of test mode, in production',
        why: 'Nobody would pay anything.',
        fix: 'Set a live key.',
      },
    ]
  if (mode === 'live' && inspected.profile !== 'production')
    return [
      {
        id: 'payments.live-key',
        severity: 'error',
        subject,
        what: `is a live key, in the profile "${inspected.profile}"`,
        why: 'What is tried out here would take real money.',
        fix: 'Set a key of test mode.',
      },
    ]
  return []
}

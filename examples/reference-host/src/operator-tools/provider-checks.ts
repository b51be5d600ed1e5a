import type { SettingsSource } from '@corbel/core'
import type { ProviderReport } from 'corbel'
import { HostSettings } from '../host-settings.ts'
import { readSettings } from '../read-settings.ts'

interface Provider {
  readonly name: string
  /** The setting with its credential. */
  readonly setting: string
  /** The cheapest call that the credential decides, which changes nothing. */
  readonly call: (values: Values) => readonly [url: string, headers: Readonly<Record<string, string>>] | null
  /** Where a refusal does not have a status of its own. */
  readonly refuses?: (body: unknown) => boolean
}

type Values = ReturnType<typeof readSettings>['values']['host']

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const below = (base: string, path: string): string => `${base.replace(/\/$/, '')}${path}`

const providers: readonly Provider[] = [
  {
    name: 'stripe',
    setting: HostSettings.stripeSecretKey.env,
    call: ({ stripeSecretKey: key, stripeBaseUrl }) =>
      key ? [below(stripeBaseUrl, '/v1/prices?limit=1'), bearer(key.reveal())] : null,
  },
  {
    name: 'resend',
    setting: HostSettings.resendApiKey.env,
    call: ({ resendApiKey: key, resendBaseUrl }) =>
      key ? [below(resendBaseUrl, '/domains'), bearer(key.reveal())] : null,
  },
  {
    name: 'openai',
    setting: HostSettings.openaiApiKey.env,
    call: ({ openaiApiKey: key, openaiBaseUrl }) =>
      key ? [below(openaiBaseUrl, '/models'), bearer(key.reveal())] : null,
  },
  {
    name: 'anthropic',
    setting: HostSettings.anthropicApiKey.env,
    call: ({ anthropicApiKey: key, anthropicBaseUrl }) =>
      key
        ? [
            below(anthropicBaseUrl, '/models'),
            { 'x-api-key': key.reveal(), 'anthropic-version': '2023-06-01' },
          ]
        : null,
  },
  {
    name: 'gemini',
    setting: HostSettings.geminiApiKey.env,
    call: ({ geminiApiKey: key, geminiBaseUrl }) =>
      key ? [below(geminiBaseUrl, '/models'), { 'x-goog-api-key': key.reveal() }] : null,
  },
  {
    name: 'slack',
    setting: HostSettings.slackBotToken.env,
    call: ({ slackBotToken: token, slackBaseUrl }) =>
      token ? [below(slackBaseUrl, '/auth.test'), bearer(token.reveal())] : null,
    // It answers 200 whatever it thinks.
    refuses: (body) => (body as { readonly ok?: unknown } | null)?.ok !== true,
  },
  {
    name: 'ipinfo',
    setting: HostSettings.geoIpIpinfoToken.env,
    call: ({ geoIpIpinfoToken: token, geoIpIpinfoBaseUrl: base }) =>
      token ? [below(base, '/8.8.8.8'), bearer(token.reveal())] : null,
  },
]

// For people who wait.
const deadlineMs = 10_000

/** Asks each service whose credential is set, with its key in a header and never in an address. */
export async function checkProviders(
  source: SettingsSource,
  { live }: { readonly live: boolean },
): Promise<readonly ProviderReport[]> {
  const { host } = readSettings(source).values
  return Promise.all(
    providers.map(async ({ name, setting, call, refuses = () => false }): Promise<ProviderReport> => {
      const report = { name, settings: [setting] }
      const request = call(host)
      if (request === null) return { ...report, outcome: 'unset' }
      if (!live) return { ...report, outcome: 'unasked' }
      return { ...report, ...(await ask(request, setting, refuses)) }
    }),
  )
}

async function ask(
  [url, headers]: readonly [string, Readonly<Record<string, string>>],
  setting: string,
  refuses: (body: unknown) => boolean,
): Promise<Pick<ProviderReport, 'outcome' | 'detail' | 'fix'>> {
  try {
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(deadlineMs) })
    const detail = `HTTP ${answer.status}`
    // What it says may repeat what it was sent, so only the status is told.
    const body: unknown = await answer.json().catch(() => null)
    // A restricted key that may do something else is a good key: 403 says whose it is.
    if (answer.status === 401 || (answer.ok && refuses(body)))
      return { outcome: 'refused', detail, fix: `Set ${setting} to a credential that is in force.` }
    if (answer.ok || answer.status === 403) return { outcome: 'accepted', detail }
    return { outcome: 'unavailable', detail, fix: 'Try again; its status page says whether it is down.' }
  } catch {
    return {
      outcome: 'unavailable',
      fix: 'Check that this machine reaches it, and the setting of its address.',
    }
  }
}

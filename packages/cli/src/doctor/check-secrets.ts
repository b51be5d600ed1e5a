import type { SecretStore } from '@corbel/core/ports'
import { settingsOf } from '../catalog/setting-list.ts'
import { toCliError } from '../run/to-cli-error.ts'
import { storedSecrets } from '../secrets/with-secrets.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'

/** Whether the secret store answers, and says what the environment says. */
export async function checkSecrets({
  config,
  description,
  source,
  progress,
}: Facts): Promise<readonly Finding[]> {
  const subject = 'secret store'
  const skipped: Finding = { id: 'secrets', severity: 'skipped', subject, what: 'is not set' }
  if (!config.secrets) return [skipped]
  progress(subject)
  let store: SecretStore | null = null
  try {
    store = await config.secrets.open(source)
    if (store === null) return [skipped]
    await store.check?.()
    const settings = settingsOf(description).map(({ setting }) => setting)
    const stored = await storedSecrets({ store, description, source, settings })
    const differing = [...stored].filter(
      ([env, { value }]) => (source.get(env) ?? value.reveal()) !== value.reveal(),
    )
    if (differing.length === 0)
      return [{ id: 'secrets', severity: 'ok', subject, what: `answers; it has ${stored.size} secret(s)` }]
    return differing.map(([env]) => ({
      id: 'secrets.differ',
      severity: 'error',
      subject: env,
      what: 'is one value in the environment and another in the store',
      why: 'Which one counts depends on how the stack is started.',
      fix: 'Take the one that is not in force out of the env file.',
      next: 'corbel secrets status',
    }))
  } catch (error) {
    const { ending, details } = toCliError(error)
    return [
      {
        id: ending === 'denied' ? 'secrets.denied' : 'secrets.unavailable',
        severity: 'error',
        subject,
        what: 'cannot be used',
        why: details.message,
        fix: details.fix,
      },
    ]
  } finally {
    await store?.close?.()
  }
}

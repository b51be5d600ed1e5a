import { setTimeout as delay } from 'node:timers/promises'
import type { SigningKeyTools } from '../config.ts'
import type { Invocation } from '../run/cli-context.ts'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

// Often enough for a wait of minutes.
const pollMs = 2_000

/**
 * Does the steps of a rotation that are due: publishes a key, signs with it once everybody can know it, and removes keys whose tokens have
 * all expired. Run again after any interruption it goes on where it was.
 */
export const action: Action<{ readonly wait: boolean }> = (invocation, { wait }) =>
  withStack(invocation, 'signingKeys', async (keys) => {
    const removed = await removeExpired(keys)
    const { kid } = await keys.publish()
    invocation.progress(`Published: ${kid}.`)
    for (;;) {
      if (await isDone(keys.activate(kid))) break
      if (!wait) throw tooEarly(kid)
      await pause(invocation)
    }
    return {
      data: { active: kid, removed },
      text: `Tokens are signed with ${kid} from now on.${removed.length === 0 ? '' : ` Removed: ${removed.join(', ')}.`}`,
      next: [{ command: 'corbel auth keys list', when: 'you want to see which keys still verify' }],
    }
  })

async function removeExpired(keys: SigningKeyTools): Promise<readonly string[]> {
  const removed: string[] = []
  for (const { kid, state } of await keys.standings())
    if (state === 'retired' && (await isDone(keys.remove(kid)))) removed.push(kid)
  return removed
}

/** False when it is too early for the step. */
async function isDone(step: Promise<void>): Promise<boolean> {
  try {
    await step
    return true
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'key-store/too-early') return false
    throw error
  }
}

async function pause({ process: host, progress }: Invocation): Promise<void> {
  progress('Waiting until whoever verifies can have read the new key.')
  await delay(pollMs, undefined, { signal: host.signal })
}

const tooEarly = (kid: string): CliError =>
  new CliError('partial', {
    code: 'keys/not-yet-known',
    message: `${kid} is published, and it is too early to sign with it.`,
    why: 'Whoever verifies tokens may still have a copy of the keys without it.',
    fix: 'Run it again when the copies have expired (AUTH_JWKS_MAX_AGE_SECONDS), or let it wait.',
    next: 'corbel auth keys rotate --wait',
    data: { published: kid },
  })

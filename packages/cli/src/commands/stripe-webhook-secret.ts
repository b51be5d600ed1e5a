import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { writeEnv } from '../run/env-target.ts'
import { notOffered } from '../run/not-offered.ts'

// The tool asks Stripe once.
const deadlineMs = 60_000

/** Has the Stripe CLI make the secret that its forwarded events are signed with, and keeps it in the env file. */
export const action: Action<{ readonly print: boolean }> = async (invocation, { print }) => {
  const { config, settings, process: host } = invocation
  const { config: declared, path } = await config()
  if (!declared.payments) throw notOffered(path, 'payments')
  const { secretKey, webhookSecret, webhookPath } = declared.payments
  const source = await settings()
  if ((source.get('CORBEL_PROFILE') ?? 'local') !== 'local') throw forwardedOnly(webhookSecret, webhookPath)
  const key = source.get(secretKey)
  if (key === undefined) throw withoutKey(secretKey)
  const secret = await askTool({ ...host.env, STRIPE_API_KEY: key }, host.signal)
  const file = print
    ? null
    : await writeEnv(invocation, [
        { name: webhookSecret, value: secret, comment: 'Signs the events that "stripe listen" forwards.' },
      ])
  return {
    data: { setting: webhookSecret, written: file, ...(print && { secret }) },
    text: print
      ? secret
      : file === null
        ? `${webhookSecret} is up to date.`
        : `Written: ${webhookSecret} in ${file}`,
    next: [
      {
        command: `stripe listen --forward-to http://127.0.0.1:${source.get('PORT') ?? '3000'}${webhookPath}`,
        when: 'events of Stripe are to come to this machine',
      },
    ],
  }
}

/** The key goes by the environment: a command line is seen by everybody on the machine. */
async function askTool(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('stripe', ['listen', '--print-secret'], {
      env: { ...env },
      signal,
      timeout: deadlineMs,
    })
    const secret = /\bwhsec_\w+/.exec(stdout)?.[0]
    if (secret !== undefined) return secret
    throw new Error('It printed no secret.')
  } catch (cause) {
    const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    // What the tool says may hold the key.
    throw new CliError(isAbsent ? 'usage' : 'unavailable', {
      code: isAbsent ? 'program/absent' : 'stripe/no-secret',
      message: isAbsent ? 'There is no program "stripe".' : '"stripe listen --print-secret" gave no secret.',
      fix: isAbsent
        ? 'Install the Stripe CLI: https://docs.stripe.com/stripe-cli'
        : 'Run it by hand with STRIPE_API_KEY set, and see what it says.',
    })
  }
}

const forwardedOnly = (setting: string, webhookPath: string): CliError =>
  new CliError('conflict', {
    code: 'stripe/local-only',
    message: 'Forwarded events are for the profile local; elsewhere Stripe delivers to an endpoint.',
    fix: `Add an endpoint for <APP_PUBLIC_URL>${webhookPath} in the dashboard of Stripe, and set ${setting} to its secret.`,
  })

const withoutKey = (setting: string): CliError =>
  new CliError('unanswered', {
    code: 'stripe/no-key',
    message: `${setting} is not set.`,
    fix: `Set ${setting} to a key of test mode: https://dashboard.stripe.com/test/apikeys`,
    missing: [setting],
  })

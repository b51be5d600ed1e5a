import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { withStack } from './with-stack.ts'

// An address that takes longer is no use to whoever verifies.
const deadlineMs = 10_000

/** Compares the keys that an address serves with those of the stack. */
export const action: Action<Readonly<Record<never, never>>, [string]> = (invocation, _flags, url) =>
  withStack(invocation, 'signingKeys', async (keys) => {
    const [own, served] = await Promise.all([keys.list(), fetchKids(url, invocation.process.signal)])
    const kids = own.keys.flatMap(({ kid }) => (kid === undefined ? [] : [kid]))
    const missing = kids.filter((kid) => !served.includes(kid))
    const surplus = served.filter((kid) => !kids.includes(kid))
    const data = { url, kids, missing, surplus }
    if (missing.length + surplus.length === 0)
      return { data, text: `${url} serves the ${kids.length} key(s) of the stack.` }
    throw new CliError('conflict', {
      code: 'keys/served-differ',
      message: `${url} does not serve the keys of the stack.`,
      why: `Not served: ${missing.join(', ') || 'none'}. Not of the stack: ${surplus.join(', ') || 'none'}.`,
      fix: 'Wait until its copy has expired, and check that it runs on the same key storage.',
      next: 'corbel auth keys list',
      data,
    })
  })

async function fetchKids(url: string, signal: AbortSignal): Promise<readonly string[]> {
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]) })
  const { keys } = (await response.json()) as { readonly keys?: readonly { readonly kid: string }[] }
  if (!response.ok || !Array.isArray(keys))
    throw new CliError('conflict', {
      code: 'keys/no-key-set',
      message: `${url} answers ${response.status} and no key set.`,
      fix: 'Name the address of a JSON Web Key Set, such as https://app.example.com/.well-known/jwks.json.',
    })
  return keys.map(({ kid }) => kid)
}

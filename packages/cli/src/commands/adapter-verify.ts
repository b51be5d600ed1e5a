import { pathToFileURL } from 'node:url'
import type { Suite } from '@corbel/core/ports'
import { CliError } from '../run/cli-error.ts'
import type { Action } from '../run/command.ts'
import { type LawResult, runSuite } from '../suite/run-suite.ts'

const signs: Readonly<Record<LawResult['outcome'], string>> = {
  kept: 'kept',
  broken: 'BROKEN',
  skipped: 'skipped',
}

const line = ({ law, outcome, reason }: LawResult): string =>
  `${signs[outcome].padEnd(7)}  ${law}${reason === undefined ? '' : `\n         ${reason.replaceAll('\n', '\n         ')}`}`

/** Puts an adapter to the law of its port, without a test runner. */
export const action: Action<Readonly<Record<never, never>>, [string]> = async (
  { resolve, progress },
  _flags,
  file,
) => {
  const verify = await load(resolve(file))
  const results = await runSuite(verify, (result) => progress(line(result)))
  const broken = results.filter(({ outcome }) => outcome === 'broken')
  const skipped = results.filter(({ outcome }) => outcome === 'skipped')
  const text = `${results.length} laws: ${results.length - broken.length - skipped.length} kept, ${broken.length} broken, ${skipped.length} skipped.`
  if (results.length > 0 && broken.length === 0) return { data: results, text }
  throw new CliError('invalid', {
    code: results.length === 0 ? 'adapter/no-laws' : 'adapter/law-broken',
    message: results.length === 0 ? `${file} declares no law.` : text,
    ...(broken.length > 0 && {
      why: broken.map(({ law, reason }) => `${law}: ${reason}`).join('\n        '),
    }),
    fix:
      results.length === 0
        ? 'Call a conformance suite in its verify(suite).'
        : 'Correct the adapter; the law stands in the TSDoc of its port.',
    data: results,
  })
}

async function load(path: string): Promise<(suite: Suite) => unknown> {
  try {
    const { verify } = (await import(pathToFileURL(path).href)) as { readonly verify?: unknown }
    if (typeof verify === 'function') return verify as (suite: Suite) => unknown
  } catch (cause) {
    throw new CliError('usage', {
      code: 'adapter/not-loaded',
      message: `${path} does not load: ${(cause as Error).message}`,
      fix: 'Name a file that is there, and install what it imports.',
      cause,
    })
  }
  throw new CliError('usage', {
    code: 'adapter/no-verify',
    message: `${path} exports no function "verify".`,
    fix: 'Write: export function verify(suite) { storageConformance(suite, …) }, with a suite of @corbel/core/ports.',
  })
}

import { systemClock } from '@corbel/core'
import type { OpenedStack, SigningKeyStanding } from '../config.ts'
import { toCliError } from '../run/to-cli-error.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'

/** Opens the stack as a start would, without starting it, and asks each of its ports. */
export async function checkStack({
  config,
  source,
  inspected,
  progress,
}: Facts): Promise<readonly Finding[]> {
  if (!config.openStack || inspected.problems.length > 0)
    return [
      {
        id: 'stack',
        severity: 'skipped',
        subject: 'stack',
        what: 'was not opened: there is something to put right first',
      },
    ]
  progress('stack')
  let stack: OpenedStack | undefined
  try {
    stack = await config.openStack(source)
    const { ports } = await stack.readiness()
    const down = Object.entries(ports).filter(([, { status }]) => status !== 'up')
    return [
      ...(down.length > 0 ? down.map(([name]) => portDown(name)) : [portsUp(Object.keys(ports))]),
      ...keyFindings((await stack.signingKeys?.standings()) ?? []),
    ]
  } catch (error) {
    const { details } = toCliError(error)
    return [
      {
        id: 'stack.refused',
        severity: 'error',
        subject: 'stack',
        what: 'cannot be opened',
        why: details.message,
        fix: details.fix,
      },
    ]
  } finally {
    await stack?.close()
  }
}

const portsUp = (names: readonly string[]): Finding => ({
  id: 'stack',
  severity: 'ok',
  subject: 'stack',
  what: `opens; its ports answer: ${names.join(', ')}`,
})

const portDown = (name: string): Finding => ({
  id: 'port.down',
  severity: 'error',
  subject: name,
  what: 'does not answer within 2 s',
  fix: 'Check the service behind it and the settings that name it.',
})

// A year: longer than any advice for keys that sign access tokens.
const longestUseMs = 365 * 24 * 60 * 60 * 1000

function keyFindings(standings: readonly SigningKeyStanding[]): readonly Finding[] {
  const old = standings.filter(
    ({ state, createdAt }) =>
      state === 'active' && Number(systemClock.now()) - Number(createdAt) > longestUseMs,
  )
  return old.map(({ kid }) => ({
    id: 'keys.old',
    severity: 'warning',
    subject: kid,
    what: 'has signed for more than a year',
    fix: 'Rotate it; nobody is signed out by that.',
    next: 'corbel auth keys rotate',
  }))
}

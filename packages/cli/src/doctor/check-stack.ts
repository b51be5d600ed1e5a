import type { OpenedStack } from '../config.ts'
import { toCliError } from '../run/to-cli-error.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'
import { keyFindings } from './signing-keys.ts'

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
      ...(stack.signingKeys ? keyFindings(await stack.signingKeys.standings()) : []),
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

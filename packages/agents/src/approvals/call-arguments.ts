import { DomainError } from '@corbel/core'
import type { KeyVault, Logger } from '@corbel/core/ports'
import type { AgentApproval } from '../ports/agent-approval-repository.ts'

type Owner = Pick<AgentApproval, 'tenantId' | 'id' | 'runId' | 'callId' | 'agent' | 'tool'>

/** Moved to another approval, agent or tool, sealed arguments do not open. */
const contextOf = ({ tenantId, id, runId, callId, agent, tool }: Owner): string =>
  [tenantId, 'agent-approval', id, runId, callId, agent, tool].join('|')

export const sealArguments = (
  vault: Pick<KeyVault, 'seal'>,
  owner: Owner,
  argumentsJson: string,
): Promise<string> => vault.seal(new TextEncoder().encode(argumentsJson), contextOf(owner))

/**
 * What is stored, where it is what a person was asked about. Null when it does not open any more: its key is gone, or it was changed.
 *
 * @throws what a key vault throws that cannot be reached.
 */
export async function openArguments(
  vault: Pick<KeyVault, 'open'>,
  logger: Logger,
  approval: AgentApproval,
): Promise<string | null> {
  try {
    const json = new TextDecoder().decode(await vault.open(approval.sealedArguments, contextOf(approval)))
    if ((await argumentsHash(approval.tool, json)) === approval.argumentsHash) return json
    throw new Error('The arguments of the approval are not those that it was asked for with.')
  } catch (error) {
    if (error instanceof DomainError) throw error
    const { tenantId, id: approvalId, runId } = approval
    logger.error('the arguments of an approval do not open', { tenantId, approvalId, runId, error })
    return null
  }
}

/** The same for the same tool and value, however the value is written. */
export async function argumentsHash(tool: string, argumentsJson: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${tool}\n${JSON.stringify(JSON.parse(argumentsJson), inOrder)}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value

import type { KeyVault } from '@corbel/core/ports'
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

/** @throws Error when what is stored is not what a person was asked about. */
export async function openArguments(vault: Pick<KeyVault, 'open'>, approval: AgentApproval): Promise<string> {
  const json = new TextDecoder().decode(await vault.open(approval.sealedArguments, contextOf(approval)))
  if ((await argumentsHash(approval.tool, json)) !== approval.argumentsHash)
    throw new Error('The arguments of the approval are not those that it was asked for with.')
  return json
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

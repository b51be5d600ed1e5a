import { addMilliseconds, type Clock, idSchema } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import * as z from 'zod'
import type { ConversationReader } from '../conversations/conversation.ts'
import type { FileId } from '../ports/file-repository.ts'

/** Longest that the address of a file is valid, in seconds. */
export const longestLink = 900

export const FileLink = z.object({
  url: z.url().describe('Whoever has it downloads the file until it expires.'),
  expiresAt: z.iso.datetime(),
})
export type FileLink = z.infer<typeof FileLink>

const Claim = z.strictObject({
  tenantId: idSchema('ten'),
  userId: idSchema('usr'),
  expiresAt: z.iso.datetime(),
})

/** Names whoever asked for the address: what they may not read any more the address does not open, either. */
export interface FileClaim extends ConversationReader {
  readonly expiresAt: string
}

/** Sealed for one file: it opens no other, and tells nobody whose it is. */
export async function sealClaim(
  keyVault: Pick<KeyVault, 'seal'>,
  clock: Clock,
  { tenantId, userId }: ConversationReader,
  id: FileId,
  seconds: number,
): Promise<{ readonly token: string; readonly expiresAt: string }> {
  const expiresAt = addMilliseconds(clock.now(), seconds * 1000).toISOString()
  const claim: FileClaim = { tenantId, userId, expiresAt }
  const token = await keyVault.seal(new TextEncoder().encode(JSON.stringify(claim)), contextOf(id))
  return { token, expiresAt }
}

/** Null for what was not sealed here for this file, or has expired. */
export async function openClaim(
  keyVault: Pick<KeyVault, 'open'>,
  clock: Clock,
  id: FileId,
  token: string,
): Promise<FileClaim | null> {
  try {
    const bytes = await keyVault.open(token, contextOf(id))
    const claim = Claim.parse(JSON.parse(new TextDecoder().decode(bytes)))
    return clock.now() < new Date(claim.expiresAt) ? claim : null
  } catch {
    return null
  }
}

const contextOf = (id: FileId): string => `file-address|${id}`

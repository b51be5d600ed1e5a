import { toBase64url } from '../kernel/base64url.ts'
import type { Id } from '../kernel/id.ts'
import { maskedClientOf, type MaskedClient, type Origin } from '../kernel/origin.ts'
import type { AuditEvent, AuditRow } from './audit-log.ts'
import type { AuditMark } from './audit-mark.ts'
import type { DomainEvent } from './outbox.ts'

/** What is known of a row before its place in the chain is. */
export interface AuditDraft {
  readonly content: string
  readonly personal: string | null
}

interface Content {
  readonly id: Id<'evt'>
  readonly type: string
  readonly at: string
  readonly tenant: Id<'ten'> | null
  readonly outcome: AuditMark['outcome']
  readonly actor: string | null
  readonly impersonator: string | null
  readonly subject: string | null
  readonly request: string | null
  readonly data: unknown
}

// 128 bits: what they are a digest of cannot be guessed, though there are few networks and few agents.
const saltBytes = 16

/** @returns null when the event is not to be audited. */
export function auditDraftOf(
  { type, tenantId, payload, audit }: DomainEvent,
  id: Id<'evt'>,
  occurredAt: Date,
): AuditDraft | null {
  if (!audit) return null
  const { outcome, subjectId, origin } = audit
  // In this order, always: the text is what is hashed.
  const content: Content = {
    id,
    type,
    at: occurredAt.toISOString(),
    tenant: tenantId,
    outcome,
    actor: origin.actorId ?? null,
    impersonator: origin.impersonatorId ?? null,
    subject: subjectId,
    request: origin.requestId ?? null,
    data: payload,
  }
  return { content: JSON.stringify(content), personal: personalOf(origin) }
}

function personalOf(origin: Origin): string | null {
  const { ipPrefix, userAgent } = maskedClientOf(origin)
  if (ipPrefix === null && userAgent === null) return null
  const salt = toBase64url(crypto.getRandomValues(new Uint8Array(saltBytes)))
  return JSON.stringify({ salt, ipPrefix, userAgent })
}

/** The columns of a row that are found by; every one is a part of the content. */
export function auditKeysOf({ content }: Pick<AuditRow, 'content'>) {
  const { type, at, outcome, actor, subject } = JSON.parse(content) as Content
  return { type, occurredAt: at, outcome, actorId: actor, subjectId: subject, ownerId: actor ?? subject }
}

export function auditEventOf({ seq, content, personal }: AuditRow): AuditEvent {
  const { id, type, at, outcome, actor, impersonator, subject, request, data } = JSON.parse(
    content,
  ) as Content
  return {
    seq,
    id,
    type,
    occurredAt: at,
    outcome,
    actorId: actor,
    impersonatorId: impersonator,
    subjectId: subject,
    requestId: request,
    client: personal === null ? null : clientOf(JSON.parse(personal) as MaskedClient),
    data,
  }
}

const clientOf = ({ ipPrefix, userAgent }: MaskedClient): MaskedClient => ({ ipPrefix, userAgent })

/** The hash of a row behind one with the hash `previous`; that of the first row is empty. */
export const auditHashOf = (
  previous: string,
  { seq, content, personalDigest }: Omit<AuditRow, 'hash' | 'personal'>,
): Promise<string> => sha256Hex(`${previous}\n${seq}\n${content}\n${personalDigest}`)

export const personalDigestOf = async (personal: string | null): Promise<string> =>
  personal === null ? '' : sha256Hex(personal)

const encoder = new TextEncoder()

async function sha256Hex(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)))
  let hex = ''
  for (const byte of digest) hex += byte.toString(16).padStart(2, '0')
  return hex
}

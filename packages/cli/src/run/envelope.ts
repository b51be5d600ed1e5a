import { type CliError, exitCodes } from './cli-error.ts'

export const envelopeVersion = 'corbel.cli/v1'

/** What a command hands back: the same facts for people and for programs. */
export interface Result {
  readonly data: unknown
  /** For people; printed as it is. */
  readonly text: string
  readonly warnings?: readonly string[]
  /** What one would run next. */
  readonly next?: readonly Next[]
}

export interface Next {
  readonly command: string
  readonly when: string
}

export type Outcome =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly error: CliError }

/** One document for every command and every ending. */
export function toEnvelope(command: string, outcome: Outcome): object {
  const head = { schema: envelopeVersion, ok: outcome.ok, command }
  if (outcome.ok) {
    const { data, warnings = [], next = [] } = outcome.result
    return { ...head, exitCode: exitCodes.done, data, warnings, next }
  }
  const { ending, details } = outcome.error
  const { code, message, why, fix, next, missing, data } = details
  return {
    ...head,
    exitCode: details.exitCode ?? exitCodes[ending],
    ...(data !== undefined && { data }),
    error: {
      code,
      message,
      ...(why !== undefined && { why }),
      fix,
      ...(next !== undefined && { next }),
      retryable: ending === 'unavailable' || ending === 'partial',
      ...(missing !== undefined && { missing }),
    },
  }
}

const text = { type: 'string' } as const
const texts = { type: 'array', items: text } as const

/** JSON Schema (2020-12) of the envelope. */
export const envelopeSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: envelopeVersion,
  type: 'object',
  required: ['schema', 'ok', 'command', 'exitCode'],
  properties: {
    schema: { const: envelopeVersion },
    ok: { type: 'boolean' },
    command: text,
    exitCode: { enum: Object.values(exitCodes) },
    data: { description: 'The result, whose form is that of the command. Of a failed check: what it found.' },
    warnings: texts,
    next: {
      type: 'array',
      items: {
        type: 'object',
        required: ['command', 'when'],
        properties: { command: text, when: text },
        additionalProperties: false,
      },
    },
    error: {
      type: 'object',
      required: ['code', 'message', 'fix', 'retryable'],
      properties: {
        code: text,
        message: text,
        why: text,
        fix: text,
        next: text,
        retryable: { type: 'boolean' },
        missing: texts,
      },
      additionalProperties: false,
    },
  },
  oneOf: [
    { properties: { ok: { const: true } }, required: ['data', 'warnings', 'next'] },
    { properties: { ok: { const: false } }, required: ['error'] },
  ],
  additionalProperties: false,
} as const

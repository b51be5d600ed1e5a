import { DomainError } from '@corbel/core'
import { MaxTurnsExceededError, ModelBehaviorError } from '@openai/agents-core'
import { ApprovalExpired } from '../approvals/pending-calls.ts'
import { GuardrailTripped } from '../guardrails/guard.ts'
import { BudgetSpent } from '../models/agent-model.ts'

/** What a run failed of, for people and for programs. Nothing of the provider's own words, which may hold anything. */
export interface RunFailure {
  readonly code: string
  readonly text: string
  readonly retryable: boolean
}

/** What the run failed of. */
export function runFailure(error: unknown): RunFailure {
  if (error instanceof GuardrailTripped) return { code: 'guardrail', text: error.message, retryable: false }
  if (error instanceof ApprovalExpired)
    return {
      code: 'approval_expired',
      text: 'Nobody approved a call of a tool in time. It was not made.',
      retryable: false,
    }
  if (error instanceof BudgetSpent) return { code: 'budget', text: error.message, retryable: false }
  if (error instanceof DomainError)
    return { code: error.code, text: `${error.message} ${error.fix}`, retryable: false }
  if (error instanceof MaxTurnsExceededError)
    return { code: 'max_turns', text: 'The agents went round in circles and were stopped.', retryable: false }
  if (error instanceof ModelBehaviorError)
    return { code: 'model_behavior', text: 'The model gave an answer that makes no sense.', retryable: true }
  switch (statusOf(error)) {
    case 401:
    case 403:
      return {
        code: 'model_credentials',
        text: 'The provider of the model refuses the credentials. Check the key in the settings.',
        retryable: false,
      }
    case 429:
      return { code: 'model_busy', text: 'The provider of the model is busy. Try again.', retryable: true }
    default:
      return { code: 'model_failed', text: 'The model failed to answer. Try again.', retryable: true }
  }
}

const statusOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'status' in error ? error.status : null

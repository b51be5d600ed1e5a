import type { StreamEvent } from '@openai/agents-core'
import type { ModelCall } from '../ports/agent-usage-repository.ts'
import type { Quota, TokenUse } from '../ports/quota.ts'

/** Names the reservation of a call. */
export const callKey = ({ runId, call }: ModelCall): string => `${runId}-${call}`

export const tokensOf = ({ model, inputTokens, outputTokens }: ModelCall): TokenUse => ({
  model,
  inputTokens,
  outputTokens,
})

/** Settles, at what its row says, the call during which an earlier process went down. One that was settled stays so. */
export async function settleLostCall(quota: Quota, calls: readonly ModelCall[]): Promise<void> {
  const last = calls.at(-1)
  if (!last?.estimated) return
  const reservation = await quota.reserve(last.tenantId, tokensOf(last), callKey(last))
  await reservation?.settle(tokensOf(last))
}

/** Four characters to a token, as providers advise to reckon. */
export const tokensIn = (text: string): number => Math.ceil(text.length / 4)

type Done = Extract<StreamEvent, { readonly type: 'response_done' }>

/** What the provider says that an answer took. */
export function usageOf({ response: { usage } }: Done) {
  const detail = (details: unknown, name: string): number => {
    const all = Array.isArray(details) ? details : [details]
    return all.reduce<number>((sum, each) => sum + Number((each as Record<string, unknown>)?.[name] ?? 0), 0)
  }
  return {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cachedTokens: detail(usage.inputTokensDetails, 'cached_tokens'),
    reasoningTokens: detail(usage.outputTokensDetails, 'reasoning_tokens'),
  }
}

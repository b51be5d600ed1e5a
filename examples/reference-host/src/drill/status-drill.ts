import type { Tour } from '../tour/tour.ts'
import type { CheckedService } from './checked-service.ts'
import type { SlackApi } from './slack-api.ts'
import type { WebhookSubscriber } from './webhook-subscriber.ts'

export const statusPath = '/api/v1/status'
export const reader = 'reader@example.com'

/** Who takes part in the drill. */
export interface StatusDrill {
  readonly tour: Tour
  readonly service: CheckedService
  readonly slack: SlackApi
  readonly webhook: WebhookSubscriber
  /** Of an operator. */
  readonly token: string
}

/** The page as anybody sees it. */
export async function wholePage({ tour }: StatusDrill): Promise<string> {
  const response = await fetch(`${tour.url}/status`)
  if (response.status !== 200) throw new Error(`GET /status answered ${response.status}.`)
  return response.text()
}

/** The same without its head. */
export async function statusPage(drill: StatusDrill): Promise<string> {
  const text = await wholePage(drill)
  return text.slice(text.indexOf('<body>'))
}

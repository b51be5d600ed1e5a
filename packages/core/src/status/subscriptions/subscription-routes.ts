import { implement, type Route } from '../../http/implement.ts'
import { subscriptionContract, subscriptionPageContract } from './subscription-contract.ts'
import {
  confirmed,
  confirmQuestion,
  formPolicy,
  unsubscribed,
  unsubscribeQuestion,
} from './subscription-pages.ts'
import type { SubscriptionService } from './subscription-service.ts'

export const subscriptionRoutes = (subscriptions: SubscriptionService): readonly Route[] => [
  ...implement(subscriptionContract, {
    list: ({ query }) => subscriptions.list(query),
    request: ({ body }) => subscriptions.request(body),
    verify: ({ body }) => subscriptions.verify(body.token),
    challenge: ({ body }) => subscriptions.answerChallenge(body.token),
    remove: ({ params, client }) => subscriptions.remove(params.id, client),
    deliveries: ({ params, query }) => subscriptions.listDeliveries(params.id, query),
  }),
  ...implement(subscriptionPageContract, {
    askToConfirm: async () => shown(confirmQuestion()),
    confirm: async ({ query }) => {
      await subscriptions.verify(query.token)
      return shown(confirmed())
    },
    askToUnsubscribe: async () => shown(unsubscribeQuestion()),
    unsubscribe: async ({ query, client }) => {
      await subscriptions.unsubscribe(query.token, client)
      return shown(unsubscribed())
    },
  }),
]

const shown = (body: string) => ({ body, contentSecurityPolicy: formPolicy })

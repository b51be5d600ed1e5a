import type { Id } from '../../kernel/id.ts'
import type { KeyVault } from '../../ports/key-vault.ts'
import type { StoredSubscription } from '../ports/subscription-repository.ts'
import type { SubscriptionTokens } from './subscription-tokens.ts'

/** What the target of a subscription, and the secret of a webhook, are sealed for. */
export const sealingContext = (id: Id<'sbr'>): string => `status|subscription|${id}`

export const openTarget = async (keyVault: KeyVault, { id, target }: StoredSubscription): Promise<string> =>
  new TextDecoder().decode(await keyVault.open(target, sealingContext(id)))

interface Links {
  readonly subscriptionTokens: SubscriptionTokens
  readonly publicUrl: string
}

// A query, for RFC 8058 has mail programs post to this very address. The token in it can do nothing else.
export const unsubscribeUrl = async (
  { subscriptionTokens, publicUrl }: Links,
  id: Id<'sbr'>,
): Promise<string> => `${publicUrl}/status/unsubscribe?token=${await subscriptionTokens.toUnsubscribe(id)}`

/** To a page that asks once more: programs that follow the links of mails confirm nothing. */
export const confirmUrl = ({ publicUrl }: Pick<Links, 'publicUrl'>, token: string): string =>
  `${publicUrl}/status/confirm?token=${token}`

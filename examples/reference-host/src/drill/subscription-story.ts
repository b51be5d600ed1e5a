import assert from 'node:assert/strict'
import { at, type BillingDrill, comesTo, isTold } from './billing-drill.ts'

const cardThatFails = '?card=declined'

/** A trial through a checkout, with a card that works only until it is charged. */
export async function beginTrial(drill: BillingDrill): Promise<void> {
  const { tour, token } = drill
  tour.chapter('Trial and checkout')
  const order = { planCode: 'starter', trialDays: 14, successPath: '/thanks' }
  const { url } = await tour.show('a checkout', 201, 'POST', at(drill, '/checkout'), { token, body: order })
  const paid = await fetch(`${String(url)}${cardThatFails}`, { method: 'POST', redirect: 'manual' })
  assert.equal(paid.status, 303)
  tour.tell('the page of the checkout takes the card')
  await comesTo(drill, 'the subscription', { status: 'trialing', planCode: 'starter', access: 'full' })
  await isTold(drill, 'billing.subscription.activated', { status: 'trialing' })
}

/** The trial ends, the card is declined, and nothing is taken away yet. */
export async function failToPay(drill: BillingDrill): Promise<void> {
  const { tour, provider } = drill
  tour.chapter('Fifteen days later')
  await provider.local.advance('15d')
  await comesTo(drill, 'the first payment fails', { status: 'past_due', access: 'grace' })
  await isTold(drill, 'billing.subscription.changed', { status: 'past_due' })
  await provider.local.advance('3d')
  await isTold(drill, 'billing.invoice.changed', { status: 'open', attempts: 2 })
  await comesTo(drill, 'so does the second attempt', { status: 'past_due', access: 'grace' })
}

/** Another card, with which the next attempt succeeds. */
export async function recover(drill: BillingDrill): Promise<void> {
  const { tour, token, provider } = drill
  tour.chapter('Another card')
  const methods = at(drill, '/payment-methods')
  const listed = await tour.show('the cards of now', 200, 'GET', methods, { token })
  const [old] = listed['data'] as readonly { readonly id: string }[]
  const intent = await tour.show('a new one begins', 201, 'POST', `${methods}/setup-intent`, { token })
  // What the form of the payment provider does in the browser.
  const confirmed = await provider.local.client.setupIntents.confirm(String(intent['id']), {
    payment_method: 'pm_card_visa',
  })
  const { payment_method: method } = confirmed
  const added = typeof method === 'string' ? method : (method?.id ?? '')
  await tour.show('it pays from now on', 204, 'POST', `${methods}/${added}/default`, { token })
  await tour.show('the old one goes', 204, 'DELETE', `${methods}/${String(old?.id)}`, { token })
  await provider.local.advance('5d')
  await comesTo(drill, 'the third attempt succeeds', { status: 'active', access: 'full' })
  await isTold(drill, 'billing.invoice.changed', { status: 'paid', attempts: 3 })
}

/** A larger plan, for what the preview has said. */
export async function upgrade(drill: BillingDrill): Promise<void> {
  const { tour, token } = drill
  tour.chapter('A larger plan')
  const body = { planCode: 'pro' }
  const path = at(drill, '/subscription')
  const preview = await tour.show('what it would cost', 200, 'POST', `${path}/preview`, { token, body })
  const due = Number(preview['amountDue'])
  tour.tell(`${(due / 100).toFixed(2)} ${String(preview['currency'])} are due now`)
  const { previewToken } = preview
  await tour.show('the change', 200, 'POST', `${path}/plan`, { token, body: { ...body, previewToken } })
  await comesTo(drill, 'the subscription', { status: 'active', planCode: 'pro', hasPendingUpdate: false })
  await isTold(drill, 'billing.invoice.changed', { status: 'paid', amountPaid: due })
}

export async function cancelAndResume(drill: BillingDrill): Promise<void> {
  const { tour, token } = drill
  tour.chapter('Second thoughts')
  const path = at(drill, '/subscription')
  const { cancelAt } = await tour.show('cancel', 200, 'POST', `${path}/cancel`, { token, body: {} })
  await comesTo(drill, 'it goes on until its period ends', { status: 'active', cancelAt })
  await tour.show('resume', 200, 'POST', `${path}/resume`, { token })
  await comesTo(drill, 'it renews', { status: 'active', cancelAt: null })
}

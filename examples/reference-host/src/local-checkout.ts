import type { LocalStripe } from '@corbel/adapters/local-stripe'
import type { FetchHandler } from '@corbel/core'

/** Checkouts of the local gateway are at their ids below this. */
export const checkoutPath = '/local-stripe/checkout/'

const page = (body: string, status = 200) =>
  new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Checkout</title><h1>Checkout</h1>
<p>This is the local payment gateway: no money moves.</p>${body}</html>`,
    {
      status,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      },
    },
  )

const choose = `<form method="post"><button>Pay with a card that works</button></form>
<form method="post" action="?card=declined"><button>Pay with a card that is declined</button></form>`

/** Shows the page on which somebody pays, as Stripe does for its own checkouts; the id in its address is what lets them in. */
export const withCheckoutPages =
  (local: Pick<LocalStripe, 'client' | 'completeCheckout'>, next: FetchHandler): FetchHandler =>
  async (request, connection) => {
    const { pathname, searchParams } = new URL(request.url)
    if (!pathname.startsWith(checkoutPath)) return next(request, connection)
    const id = pathname.slice(checkoutPath.length)
    const session = /^cs_\w+$/.test(id)
      ? await local.client.checkout.sessions.retrieve(id).catch(() => null)
      : null
    if (session === null) return page('<p>There is no such checkout.</p>', 404)
    if (session.status !== 'open') return page('<p>This checkout is over.</p>', 410)
    if (request.method !== 'POST') return page(choose)
    try {
      const isDeclined = searchParams.get('card') === 'declined'
      await local.completeCheckout(id, isDeclined ? 'pm_card_chargeCustomerFail' : 'pm_card_visa')
    } catch {
      return page(`<p>The card was declined.</p>${choose}`, 402)
    }
    return new Response(null, { status: 303, headers: { location: session.success_url ?? '/' } })
  }

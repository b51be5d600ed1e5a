import { met, none, open, type Requirements } from './requirement.ts'

const events = 'test/billing/events.test.ts'
const commands = 'test/billing/commands.test.ts'
const subscriptions = 'test/billing/subscriptions.test.ts'
const usage = 'test/billing/usage.test.ts'
const stripeEvents = 'packages/adapters/src/stripe/stripe-events.test.ts'
const local = 'packages/adapters/src/local-stripe/local-stripe.test.ts'
const provisioning = 'packages/adapters/src/local-stripe/catalog-provisioning.test.ts'

/** What billing on Stripe is known to get wrong. */
export const billingPitfalls: Requirements = {
  '1': met('An event that is delivered many times counts once', `${events} > pitfall 1:`),
  '2': met('Created and updated in one second end as the update', `${events} > pitfall 2:`),
  '3': met(
    'Two updates of one second are decided by the gateway',
    `${events} > pitfall 3: events of one stage`,
    `${events} > pitfall 3:`,
  ),
  '4': met('An older update after a newer one changes nothing', `${events} > pitfall 4:`),
  '5': met('An update before the creation makes the object', `${events} > pitfall 5:`),
  '6': met('A final state is left only when the gateway says so', `${events} > pitfall 6:`),
  '7': met('A replay of old events changes nothing', `${events} > pitfall 7:`),
  '8': met('Without the database nothing is acknowledged', `${events} > pitfall 8:`),
  '9': met('An event of an unknown type is stored and ignored', `${events} > pitfall 9:`),
  '10': met(
    'A poison event is given up alone',
    `${events} > pitfall 10:`,
    'test/billing/poison.test.ts > is given up, unread, after five lapses',
  ),
  // Replicas that are killed at random points are a lab of their own, `npm run faults -- billing-kill`.
  '11': met(
    'A replica that is killed at any step loses nothing and does nothing twice',
    'test/billing/killed-steps.test.ts > pitfall 11:',
    'test/billing/poison.test.ts > is given up, unread, after five lapses',
  ),
  '12': met('What the gateway did and we did not note is not done again', `${commands} > pitfall 12:`),
  '13': met(
    'A tenant has one customer, whoever asks at once',
    `${commands} > pitfall 13: a customer asked for`,
  ),
  '14': met('A key that was used for something else is told', `${commands} > pitfall 14:`),
  '15': met('A signature is neither too old nor of the future', `${stripeEvents} > s from now is refused`),
  '16': met(
    'Two secrets are in force at once, and which one matched is known',
    `${stripeEvents} > is accepted under each of the secrets, and says which`,
    `${stripeEvents} > with two signatures is accepted`,
  ),
  '17': met(
    'Raw bytes reach the check in every host framework',
    'test/billing/frameworks.test.ts > pitfall 17:',
  ),
  '18': met('An event of another version of the API is read from the gateway', `${events} > pitfall 18:`),
  '19': met(
    'A cancellation is known whichever way it was scheduled',
    `${subscriptions} > pitfalls 19 and 20:`,
  ),
  '20': met('What has ended is not resumed', `${subscriptions} > pitfalls 19 and 20:`),
  '21': met('A change costs what its preview showed', `${subscriptions} > pitfall 21:`),
  '22': met('An upgrade that is not paid for leaves the old plan', `${subscriptions} > pitfall 22:`),
  '23': met('A trial ends without a card in each of three ways', `${subscriptions} > pitfall 23:`),
  '24': met('Grace is bounded, from the first failed invoice', `${subscriptions} > pitfall 24:`),
  '25': met('What was never paid for opens nothing', `${subscriptions} > pitfall 25:`),
  '26': met('Seats follow the members in few calls', 'test/billing/seats.test.ts > pitfall 26:'),
  '27': met('Whose an object is follows from its customer', `${events} > pitfall 27:`),
  '28': met('A checkout that is clicked twice is one', `${subscriptions} > pitfall 28:`),
  '29': met(
    'Usage counts once for ever, and what the meter knows is delivered',
    `${usage} > a report counts once, and says when it was known`,
    `${usage} > meters are told once there is a customer`,
  ),
  '30': met(
    'Usage out of time is refused at our door',
    `${usage} > whatever is wrong with one record of a batch`,
  ),
  '31': met(
    'Corrections are told apart, and sums are exact',
    'packages/billing/src/usage/usage.test.ts > sums are exact',
  ),
  '32': open(
    'Errors that a meter finds later reach the operator and open the records again',
    'Only what a meter refuses at once is noted; its later reports are stored and ignored.',
  ),
  '33': met(
    'Amounts are of the smallest unit of their currency, whichever that is',
    'test/billing/currencies.test.ts > pitfall 33:',
  ),
  '34': met(
    'Order follows from when events were made, and deadlines from the objects',
    `${local} > goes from trial to active, is warned three days before`,
  ),
  '35': none(
    'Lists of entitlements are read to their end',
    'Entitlements follow from our plans, not from lists of Stripe.',
  ),
  '36': met('A thousand events about one object are one question', `${events} > pitfall 36:`),
  '37': met(
    'An event that commits late is published still',
    'packages/core/src/module/relay.test.ts > two relays over one outbox share the events',
  ),
  '38': met(
    'A stream goes on with no gap, or says reset',
    'test/billing/stream.test.ts > tells a tenant what happens to it and nobody else',
    'test/billing/stream.test.ts > says reset to a place that it does not know',
  ),
  '39': met('Days without a webhook are made up for', 'test/billing/reconciliation.test.ts > pitfall 39:'),
  '40': met(
    'Provisioning again, or by many at once, makes nothing twice',
    `${provisioning} > makes what is declared, and nothing when it runs again`,
    `${provisioning} > by eight at once makes no second product`,
    `${provisioning} > replaces a price whose amount changes`,
  ),
}

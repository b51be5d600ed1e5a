import { met, type Requirements } from './requirement.ts'

const webhooks = 'test/tenant/webhooks.test.ts'
const subscriptions = 'test/status/subscriptions.test.ts'

/** What tenants, webhooks, mails and the status page refuse or contain. */
export const badInput: Requirements = {
  'foreign ids': met(
    "Another tenant's id answers like one that does not exist, in every place",
    "test/stack/isolation.test.ts > every operation with an id answers 404 to another tenant's id, and changes nothing",
    'test/stack/isolation.test.ts > no answer to a read tells anything of another tenant, whatever id it is given',
    "test/stack/isolation.test.ts > no write reaches another tenant's rows, whatever id is in the body",
    `${webhooks} > answer as if they were not there`,
    'test/tenant/activity.test.ts > tells nothing of another tenant',
    'test/tenant/roles.test.ts > a role of another tenant cannot be given',
    'test/status/management.test.ts > is carried by operators and by no role of a tenant, an owner included',
  ),
  'forged challenges': met(
    'Only whoever reads what is sent to an address can say that it wants it',
    `${webhooks} > that answers another challenge is not kept`,
    `${webhooks} > that answers no JSON is not kept`,
    `${webhooks} > that answers null is not kept`,
    `${subscriptions} > of concurrent callers with one token one confirms; one of another kind confirms nothing`,
    `${subscriptions} > a token of another generation, or of yesterday, is none`,
  ),
  'old signatures': met(
    'What was changed, replayed later or signed by somebody else is not accepted',
    `${webhooks} > what was changed, or sent long ago, is not accepted by that library`,
    `${webhooks} > with a new secret signs with both for a day`,
    `${subscriptions} > whoever answers the challenge gets signed updates in their order, each once by its id`,
    'test/tenant/client-logs.test.ts > is refused with another secret',
    'test/tenant/client-logs.test.ts > is refused with another body',
  ),
  redirects: met(
    'A redirect of a receiver is not followed',
    `${webhooks} > that redirects, or answers 10 MB, is not kept, and nothing else is asked`,
    `${webhooks} > that begins to redirect, or to answer 10 MB, gets no further`,
    `${subscriptions} > one that redirects, or answers 10 MB, gets no further, and is told once it does not`,
  ),
  rebinding: met(
    'A name is checked for every connection, and the connection goes to the address that was checked',
    `${webhooks} > that leads into a network later is not followed there, and nothing is lost once it leads out again`,
    'test/faults/ssrf.test.ts > F22: no address of the corpus leads a request to this machine',
  ),
  'private addresses': met(
    'However it is written, an address that is not public is not reached',
    `${webhooks} > within a network, such as http://2130706433/, is refused`,
    `${webhooks} > within a network, such as http://[::ffff:127.0.0.1]/, is refused`,
    `${subscriptions} > an address like http://10.0.0.1/ is answered as any other, and never reached`,
    'test/faults/ssrf.test.ts > F22: no address of the corpus leads a request to this machine',
  ),
  'header injection': met(
    'No line break in a subject, a name or an address becomes a header or a line of the log',
    'test/tenant/contact.test.ts > lets no line break become a header, and no markup become a page',
    'test/tenant/invitations.test.ts > shows markup in the name of a tenant as text, and a line break there begins no header',
    'test/status/management.test.ts > a name with a line break is refused, and changes nothing',
    `${subscriptions} > nothing is told before the address has said that it wants it, and everything after`,
    'test/tenant/client-logs.test.ts > cannot begin a line, name a field or be a message of the log',
  ),
  'html in names': met(
    'Markup in names is text, on the page, in the feed and in mails',
    'test/status/page.test.ts > the page escapes whatever is in names and messages',
    'test/tenant/invitations.test.ts > shows markup in the name of a tenant as text, and a line break there begins no header',
    'packages/core/src/module/mail-template.test.ts > shows markup in names as text',
  ),
  '10 mb answers': met(
    'An answer beyond its limit is cut off, and the delivery is tried again',
    `${webhooks} > that begins to redirect, or to answer 10 MB, gets no further`,
    `${subscriptions} > one that redirects, or answers 10 MB, gets no further, and is told once it does not`,
  ),
}

import assert from 'node:assert/strict'
import { type StatusDrill, statusPage, statusPath } from './status-drill.ts'
import { until } from './until.ts'

/** Makes the component and waits for its first check. */
export async function makeComponent(drill: StatusDrill): Promise<string> {
  const { tour, service, token } = drill
  tour.chapter('A component with a check')
  const check = { kind: 'http', url: service.url, failures: 1, successes: 1 }
  const body = { name: 'Checkout', check }
  await tour.show('nobody else may make one', 401, 'POST', `${statusPath}/components`, { body })
  const { id } = await tour.show('the operator may', 201, 'POST', `${statusPath}/components`, { token, body })
  await until('the check is made', () => service.looks.passed > 0)
  assert.match(await statusPage(drill), /All systems operational.*Checkout/)
  tour.tell('looked at, and the page says that all works')
  return id as string
}

/** The service breaks; the page must say so before the service is looked at again. */
export async function breakService(drill: StatusDrill): Promise<void> {
  const { tour, service } = drill
  tour.chapter('The service breaks')
  service.isBroken = true
  await until('the page shows the outage', async () =>
    (await statusPage(drill)).includes('Some systems are out'),
  )
  assert.equal(service.looks.failed, 1, 'the page turned only after further looks')
  tour.tell('the first look that failed has turned the page')
}

/** Opens an incident and says twice what is new. Gives its id. */
export async function tellOfIncident(drill: StatusDrill, componentId: string): Promise<string> {
  const { tour, token } = drill
  tour.chapter('An incident')
  const { id } = await tour.show('opened', 201, 'POST', `${statusPath}/incidents`, {
    token,
    body: {
      title: 'Checkout <fails>',
      severity: 'major',
      message: 'We look into it.',
      affected: [{ componentId, state: 'major_outage' }],
    },
  })
  await say(drill, id as string, 'identified', 'A certificate has expired.')
  await say(drill, id as string, 'monitoring', 'It is replaced.')
  const page = await statusPage(drill)
  assert.ok(page.includes('Checkout &lt;fails&gt;') && !page.includes('<fails>'))
  tour.tell('all of it stands on the page, and the title is text')
  return id as string
}

export const say = (drill: StatusDrill, incidentId: string, state: string, message: string) =>
  drill.tour.show(state, 201, 'POST', `${statusPath}/incidents/${incidentId}/updates`, {
    token: drill.token,
    body: { state, message },
  })

/** Resolving does not overrule the check; that it passes again does. */
export async function recover(drill: StatusDrill): Promise<void> {
  const { tour, service } = drill
  tour.chapter('The service works again')
  assert.match(await statusPage(drill), /Some systems are out/)
  tour.tell('resolved, but the check still fails: the page stays as it is')
  service.isBroken = false
  const { passed } = service.looks
  await until('the page is green', async () => (await statusPage(drill)).includes('All systems operational'))
  assert.equal(service.looks.passed, passed + 1, 'the page turned only after further looks')
  const page = await statusPage(drill)
  assert.ok(page.indexOf('Past incidents') < page.indexOf('Checkout &lt;fails&gt;'))
  tour.tell('the first look that passed has turned the page, and the incident is among the past ones')
}

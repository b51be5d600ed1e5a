import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCheckedService } from './drill/checked-service.ts'
import { freePort } from './drill/loopback-server.ts'
import { breakService, makeComponent, recover, say, tellOfIncident } from './drill/outage.ts'
import { photograph } from './drill/screenshots.ts'
import { openSlackApi } from './drill/slack-api.ts'
import { type StatusDrill, wholePage } from './drill/status-drill.ts'
import { subscribe, unsubscribe } from './drill/subscribe.ts'
import { showExactlyOnce, showLogs, toldOf } from './drill/told.ts'
import { openWebhookSubscriber } from './drill/webhook-subscriber.ts'
import { spawnHost } from './spawn-host.ts'
import { auth } from './tour/member.ts'
import { operatorIn } from './tour/operators.ts'
import { Tour } from './tour/tour.ts'

// `npm run drill:status`: an outage from the first check that fails to the last word about it. Ends with 1 at the first surprise.
const folder = mkdtempSync(join(tmpdir(), 'corbel-drill-'))
const port = String(await freePort())
const url = `http://127.0.0.1:${port}`
const [service, slack, webhook] = await Promise.all([
  openCheckedService(),
  openSlackApi(),
  openWebhookSubscriber(),
])
const host = await spawnHost({
  CORBEL_DATA_DIR: folder,
  PORT: port,
  APP_PUBLIC_URL: url,
  OUTBOUND_ALLOWED_NETWORKS: '127.0.0.1',
  STATUS_PROBE_SECONDS: '3',
  STATUS_NOTIFIER_CHANNELS: 'status',
  SLACK_BASE_URL: slack.url,
  SLACK_BOT_TOKEN: slack.token,
  SLACK_CHANNELS: 'status=C0123456789',
})
try {
  const tour = new Tour(url, join(folder, 'inbox'))
  console.log(`A drill of the status page on ${url}, with an empty database`)
  tour.chapter('The operator')
  const signedIn = await tour.show('signs in', 200, 'POST', `${auth}/token`, {
    body: operatorIn(host.stdout),
  })
  const drill: StatusDrill = { tour, service, slack, webhook, token: String(signedIn['accessToken']) }
  const componentId = await makeComponent(drill)
  const subscribers = await subscribe(drill)
  await breakService(drill)
  const incidentId = await tellOfIncident(drill, componentId)
  const outage = await wholePage(drill)
  await toldOf(drill, [3, 3, 3])
  tour.tell('told by mail, webhook and Slack')
  await say(drill, incidentId, 'resolved', 'All of it works.')
  await toldOf(drill, [4, 4, 4])
  await recover(drill)
  const recovered = await wholePage(drill)
  await showLogs(drill, subscribers)
  await unsubscribe(drill)
  await say(drill, incidentId, 'postmortem', 'Certificates are renewed by themselves now.')
  await toldOf(drill, [4, 5, 5])
  await host.end()
  const states = ['investigating', 'identified', 'monitoring', 'resolved', 'postmortem']
  showExactlyOnce(drill, subscribers, states, 4)
  await photograph(tour, { outage, recovered })
  console.log(`\n${tour.steps} steps, no surprise`)
} catch (error) {
  console.error(host.stderr.split('\n').slice(-5).join('\n'))
  throw error
} finally {
  await host.end()
  await Promise.all([service, slack, webhook].map((server) => server.close()))
  rmSync(folder, { recursive: true, force: true })
}

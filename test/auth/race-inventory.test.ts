import { memoryStorage } from '@corbel/adapters/memory'
import { agentsRepositoriesConformance } from '@corbel/agents/ports'
import { authRepositoriesConformance } from '@corbel/auth/ports'
import { manualClock, racers, type Suite } from '@corbel/core/ports'
import { statusRepositoriesConformance } from '@corbel/core/status/ports'
import { tenantRepositoriesConformance } from '@corbel/core/tenant/ports'
import { expect, it } from 'vitest'

type Verb = (...args: readonly unknown[]) => Promise<unknown>
type Repositories = Readonly<Record<string, Readonly<Record<string, Verb>>>>

const reading = /^(?:find|list|get|count|is|has|head|export|verify|export)/

type Module = 'auth' | 'agents' | 'status' | 'tenant'
type Conformance = (suite: Suite, fresh: () => Promise<never>) => void

/** The suites that every storage passes. */
const conformance: Readonly<Record<Module, Conformance>> = {
  auth: authRepositoriesConformance,
  agents: agentsRepositoriesConformance,
  status: statusRepositoriesConformance,
  tenant: tenantRepositoriesConformance,
}

/** By verb that changes something: in how many calls at a time its laws have it. */
async function widestRaces(module: Module): Promise<ReadonlyMap<string, number>> {
  const laws: (() => Promise<void>)[] = []
  const suite: Suite = { test: (_, run) => laws.push(run), skip: () => {}, expect }
  const widest = new Map<string, number>()
  let calls = new Map<string, number>()
  let transactions = 0
  let mostTransactions = 0
  const running = new Map<string, number>()

  const watch = (repositories: Repositories): Repositories =>
    new Proxy(repositories, {
      get: (target, noun: string) =>
        new Proxy(target[noun] ?? {}, {
          get(repository, verb: string) {
            const method = Reflect.get(repository, verb) as Verb | undefined
            if (typeof method !== 'function' || reading.test(verb)) return method
            const name = `${noun}.${verb}`
            if (!widest.has(name)) widest.set(name, 0)
            return async (...args: readonly unknown[]) => {
              const now = (running.get(name) ?? 0) + 1
              running.set(name, now)
              calls.set(name, (calls.get(name) ?? 0) + 1)
              widest.set(name, Math.max(widest.get(name) ?? 0, now))
              try {
                return await method.apply(repository, [...args])
              } finally {
                running.set(name, (running.get(name) ?? 1) - 1)
              }
            }
          },
        }),
    })

  conformance[module](suite, async () => {
    const storage = memoryStorage({ clock: manualClock() })
    const watched = watch(storage.repositories[module] as never)
    return {
      ...storage,
      repositories: { ...storage.repositories, [module]: watched },
      async transaction(work: Verb) {
        transactions++
        mostTransactions = Math.max(mostTransactions, transactions)
        try {
          return await storage.transaction((bound) =>
            work({
              ...bound,
              repositories: { ...bound.repositories, [module]: watch(bound.repositories[module] as never) },
            }),
          )
        } finally {
          transactions--
        }
      },
    } as never
  })
  for (const law of laws) {
    calls = new Map()
    mostTransactions = 0
    // Whether it holds is for the suites to tell.
    await law().catch(() => {})
    // Memory runs transactions one after the other: what stands in as many of them is raced all the same.
    if (mostTransactions >= racers)
      for (const [name, count] of calls) widest.set(name, Math.max(widest.get(name) ?? 0, count))
  }
  return widest
}

const everyVerb = (module: Module): readonly string[] =>
  Object.entries(memoryStorage().repositories[module] as unknown as Record<string, object>).flatMap(
    ([noun, repository]) =>
      [
        ...Object.getOwnPropertyNames(repository),
        ...Object.getOwnPropertyNames(Object.getPrototypeOf(repository) as object),
      ]
        .filter((verb) => typeof Reflect.get(repository, verb) === 'function')
        .filter((verb) => verb in repository && !reading.test(verb) && verb !== 'constructor')
        .filter((verb) => !(verb in Object.prototype))
        .map((verb) => `${noun}.${verb}`),
  )

const oneShots: Readonly<Record<Module, readonly string[]>> = {
  agents: [
    'agentApprovals.decide',
    'agentApprovals.take',
    'agentRuns.adopt',
    'agentRuns.begin',
    'agentRuns.end',
    'agentRuns.next',
    'agentRuns.resume',
    'conversationItems.append',
    'conversationSummaries.replace',
    'files.abandon',
    'files.complete',
    'files.remove',
    'files.reserve',
  ],
  auth: [
    'accounts.disown',
    'accounts.erase',
    'apiKeys.revoke',
    'emailChanges.redeem',
    'emailVerifications.redeem',
    'factors.claim',
    'factors.confirm',
    'magicLinks.redeem',
    'nonces.claim',
    'passwordResets.redeem',
    'recoveryCodes.redeem',
    'serviceAccounts.revoke',
    'sessions.revoke',
    'sessions.rotate',
    'signInChallenges.redeem',
    'users.changePassword',
    'users.insert',
  ],
  status: [
    'components.remove',
    'components.replace',
    'incidents.replace',
    'maintenance.advance',
    'maintenance.replace',
    'probes.record',
    'subscriptions.confirm',
    'subscriptions.remove',
    'subscriptions.request',
  ],
  tenant: [
    'activity.insert',
    'invitations.redeem',
    'invitations.renew',
    'invitations.revoke',
    'lifecycles.change',
    'lifecycles.erase',
    'memberships.remove',
    'memberships.transferOwnership',
    'roles.remove',
    'tenants.insert',
    'webhooks.remove',
    'webhooks.replace',
  ],
}

/** Verbs that no two callers can quarrel about, and why. */
const calm: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...Object.keys(memoryStorage().repositories.auth),
      ...Object.keys(memoryStorage().repositories.agents),
      ...Object.keys(memoryStorage().repositories.status),
      ...Object.keys(memoryStorage().repositories.tenant),
    ].map((noun) => [`${noun}.purge`, 'forgets what is over by its own time, however often it is asked to']),
  ),
  'accounts.proveEmail': 'sets what is true, for all of them alike',
  'accounts.updateProfile': 'the last one stays, as its law says',
  'agentApprovals.expire': 'forgets what is over by its own time, however often it is asked to',
  'agentApprovals.insert': 'a call that has one keeps it, as its law says',
  'agentApprovals.withdraw': 'takes away what is there',
  'agentRuns.cancel': 'asks for what its owner then does, however often it is asked',
  'agentRuns.handOver': 'only the owner of a run does',
  'agentRuns.pause': 'its owner alone lets it wait',
  'agentRuns.renew': 'only the owner of a run does',
  'agentRuns.rescope': 'the last one stays',
  'activity.bounds': 'reads',
  'activity.forget': 'takes away what is there',
  'agentUsage.record': 'only the owner of a run does',
  'apiKeys.insert': 'the id is fresh',
  'apiKeys.touch': 'notes an hour; the later one stays',
  'attempts.clear': 'takes away what is there',
  'auditLog.chain': 'reads where a chain stands',
  'auditLog.erase': 'its law is in the suite of the audit log',
  'auditLog.read': 'reads',
  'auditLog.record': 'its law is in the suite of the audit log, where it is raced',
  'files.removeOfUser': 'takes away what is there',
  'files.removeForsaken': 'takes away what is there',
  'components.insert': 'the id is fresh',
  'conversationItems.create': 'the id is fresh',
  'conversationItems.removeRun': 'takes away what is there',
  'conversationItems.window': 'reads',
  'conversationSummaries.recall': 'reads',
  'conversations.insert': 'the id is fresh',
  'conversations.removeOfUser': 'takes away what is there',
  'conversations.update': 'its user alone changes it, and the last change stays',
  'emailChanges.replace': 'the last one stays, as its law says',
  'incidents.insert': 'the id is fresh',
  'maintenance.insert': 'the id is fresh',
  'memberships.changeRole': 'the last one stays; that an owner does is raced with removing',
  'memberships.removeUser': 'takes away what is there',
  'notificationPreferences.put': 'the last one stays, as its law says',
  'probes.trim': 'forgets what is over by its own time, however often it is asked to',
  'roles.hold': 'locks what is then given to somebody, which is raced with removing it',
  'sessions.open': 'the id is fresh',
  'signInChallenges.insert': 'the id is fresh',
  'ssoConnections.insert': 'the id is fresh',
  'ssoStates.insert': 'the id is fresh',
  'tenants.rename': 'the last one stays',
  'webhooks.insert': 'the id is fresh',
}

it.each(['auth', 'agents', 'status', 'tenant'] as const)(
  'every verb of %s that changes something is raced by 64 in the suite that every storage passes',
  async (module) => {
    const widest = await widestRaces(module)
    const verbs = everyVerb(module)
    expect(verbs.length).toBeGreaterThan(module === 'auth' ? 30 : 10)
    const unraced = verbs.filter((verb) => (widest.get(verb) ?? 0) < racers)
    expect(unraced.filter((verb) => calm[verb] === undefined)).toEqual([])
    // Every one-shot of the package by name, so that none goes unraced by a new spelling.
    expect(verbs.filter((verb) => (widest.get(verb) ?? 0) >= racers)).toEqual(
      expect.arrayContaining([...oneShots[module]]),
    )
  },
)

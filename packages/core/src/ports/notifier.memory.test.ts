import { describe, expect, test } from 'vitest'
import { collectFailures } from '../../../../test/collect-failures.ts'
import { conforming } from '../../../../test/vitest-suite.ts'
import { notifierConformance } from './notifier.conformance.ts'
import { memoryNotifier } from './notifier.memory.ts'
import type { Notification } from './notifier.ts'

const fresh = async () => {
  const notifier = memoryNotifier({ channels: ['ops'] })
  return {
    notifier,
    channel: 'ops',
    delivered: async () => notifier.sent,
    fail: async () => notifier.failing(true),
  }
}

describe('memoryNotifier', () => {
  notifierConformance(conforming('notifier', 'memory'), fresh)

  test('takes every name for a channel when it is told none', async () => {
    const notifier = memoryNotifier()
    await notifier.send({ id: '1', channel: 'anything', title: 'a', text: '', severity: 'info' })
    expect(notifier.sent).toHaveLength(1)
  })
})

test('a notifier that renders markup, swallows failures and looks before it sends', async () => {
  const failures = await collectFailures((suite) =>
    notifierConformance(suite, async () => {
      const sent: Notification[] = []
      let failing = false
      return {
        channel: 'ops',
        notifier: {
          adapter: { name: 'broken' },
          send: async (notification) => {
            const known = sent.some(({ id }) => id.toLowerCase() === notification.id.toLowerCase())
            await new Promise((resolve) => setTimeout(resolve))
            if (known || failing) return
            sent.push({ ...notification, text: notification.text.replaceAll(/[<*`]/g, ''), severity: 'info' })
          },
        },
        delivered: async () => sent,
        fail: async () => void (failing = true),
      }
    }),
  )
  expect(failures).toEqual([
    'send delivers channel, title, text, severity and link as they were given',
    'a link may be left out, the text may be empty, and every limit may be reached',
    'each severity is delivered as such',
    'notifications with different ids are all delivered',
    'of concurrent sends of one notification one is delivered',
    'throws notifier/unavailable when it was not accepted',
    'throws notifier/refused for a channel that there is not',
    'throws notifier/refused for a field outside of its limits or with a control character',
    'throws notifier/refused for a link that is no absolute https or http URL',
  ])
})

test('a notifier that sends everything again', async () => {
  const failures = await collectFailures((suite) =>
    notifierConformance(suite, async () => {
      const { notifier, ...rest } = await fresh()
      const sent: Notification[] = []
      const send = async (notification: Notification) => {
        await notifier.send(notification)
        sent.push(notification)
      }
      return { ...rest, notifier: { ...notifier, send }, delivered: async () => sent }
    }),
  )
  expect(failures).toEqual([
    'a notification with an id that was accepted is not sent again',
    'of concurrent sends of one notification one is delivered',
  ])
})

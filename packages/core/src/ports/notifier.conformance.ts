import type { Notification, Notifier, Severity } from './notifier.ts'
import { race, type Suite, winners } from './suite.ts'

export interface NotifierHarness {
  readonly notifier: Notifier
  /** A channel that there is. */
  readonly channel: string
  /** What has reached the other side, oldest first. */
  delivered(): Promise<readonly Omit<Notification, 'id'>[]>
  /** From now on the other side is out of order. */
  fail(): Promise<void>
}

const refused = { code: 'notifier/refused' }

/** The law of {@link Notifier}. */
export function notifierConformance({ test, expect }: Suite, fresh: () => Promise<NotifierHarness>): void {
  const of = (channel: string): Notification => ({
    id: 'evt_1:alert',
    channel,
    title: 'Zálohy – backups are late 🕰',
    text: 'Last one: 3 h ago.\n<b>&amp; *not* `markup` <!channel> @here</b>\n',
    severity: 'warning',
    link: 'https://app.example.test/runs/1?a=b&c=%C5%BE#top',
  })

  test('send delivers channel, title, text, severity and link as they were given', async () => {
    const { notifier, channel, delivered } = await fresh()
    const { id, ...rest } = of(channel)
    await notifier.send({ id, ...rest })
    expect(await delivered()).toMatchObject([rest])
  })

  test('a link may be left out, the text may be empty, and every limit may be reached', async () => {
    const { notifier, channel, delivered } = await fresh()
    const { link: _, ...plain } = of(channel)
    await notifier.send({ ...plain, text: '' })
    expect((await delivered())[0]?.link).toBe(undefined)
    const longest = {
      ...of(channel),
      id: 'i'.repeat(200),
      title: 'ž'.repeat(200),
      text: 'ž\n'.repeat(2000),
      link: `http://example.test/${'a'.repeat(1980)}`,
    }
    await notifier.send(longest)
    const { id: _id, ...rest } = longest
    expect((await delivered())[1]).toMatchObject(rest)
  })

  test('each severity is delivered as such', async () => {
    const { notifier, channel, delivered } = await fresh()
    const severities: readonly Severity[] = ['info', 'warning', 'critical']
    for (const severity of severities) await notifier.send({ ...of(channel), id: severity, severity })
    expect((await delivered()).map(({ severity }) => severity)).toEqual(severities)
  })

  test('notifications with different ids are all delivered', async () => {
    const { notifier, channel, delivered } = await fresh()
    for (const id of ['evt_1', 'evt_2', 'EVT_1', 'evt/1', '../evt_1'])
      await notifier.send({ ...of(channel), id })
    expect(await delivered()).toHaveLength(5)
  })

  test('a notification with an id that was accepted is not sent again', async () => {
    const { notifier, channel, delivered } = await fresh()
    await notifier.send(of(channel))
    await notifier.send({ ...of(channel), title: 'Again' })
    expect(await delivered()).toMatchObject([{ title: of(channel).title }])
  })

  test('of concurrent sends of one notification one is delivered', async () => {
    const { notifier, channel, delivered } = await fresh()
    // The other side may turn away a notification that it is just accepting.
    expect(winners(await race(() => notifier.send(of(channel)))).length).toBeGreaterThan(0)
    await notifier.send(of(channel))
    expect(await delivered()).toHaveLength(1)
  })

  test('throws notifier/unavailable when it was not accepted', async () => {
    const { notifier, channel, delivered, fail } = await fresh()
    await fail()
    await expect(notifier.send(of(channel))).rejects.toMatchObject({ code: 'notifier/unavailable' })
    expect(await delivered()).toHaveLength(0)
  })

  test('throws notifier/refused for a channel that there is not', async () => {
    const { notifier, channel, delivered } = await fresh()
    for (const other of [`${channel}x`, '__proto__', 'constructor', channel.toUpperCase()])
      await expect(notifier.send({ ...of(channel), channel: other })).rejects.toMatchObject(refused)
    expect(await delivered()).toHaveLength(0)
  })

  test('throws notifier/refused for a field outside of its limits or with a control character', async () => {
    const { notifier, channel, delivered } = await fresh()
    for (const bad of [
      '',
      ' ',
      'a\nb',
      'a\r\nX: b',
      'a\0',
      'a\u2028b',
      'a\x1b[2J',
      '\ud800',
      'a'.repeat(201),
    ]) {
      for (const field of ['id', 'channel', 'title', 'thread'] as const)
        await expect(notifier.send({ ...of(channel), [field]: bad })).rejects.toMatchObject(refused)
    }
    for (const text of ['a'.repeat(4001), 'a\0', '\udfff'])
      await expect(notifier.send({ ...of(channel), text })).rejects.toMatchObject(refused)
    await expect(notifier.send({ ...of(channel), severity: 'fatal' as Severity })).rejects.toMatchObject(
      refused,
    )
    expect(await delivered()).toHaveLength(0)
  })

  test('throws notifier/refused for a link that is no absolute https or http URL', async () => {
    const { notifier, channel, delivered } = await fresh()
    for (const link of [
      '',
      '/runs/1',
      '//example.test/',
      'example.test',
      'https:example.test',
      'https://',
      'https:///a',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'https://a b/',
      'https://a/\n',
      ' https://a/',
      'https://ž/',
      'https://[a/',
      `https://a/${'a'.repeat(2000)}`,
    ])
      // prettier-ignore
      await expect(notifier.send({ ...of(channel), link })).rejects.toMatchObject(refused)
    expect(await delivered()).toHaveLength(0)
  })
}

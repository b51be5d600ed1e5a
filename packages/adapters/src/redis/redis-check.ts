import type { Command } from './redis-client.ts'

/** Proves that Redis answers. */
export async function checkAnswers(command: Command): Promise<void> {
  await command('PING', (client) => client.ping())
}

/**
 * Proves that Redis answers and drops nothing when its memory is full. Of the other policies `allkeys-*` drops any key and
 * `volatile-*` those with a time to live, which locks and streams have. INFO, for managed services forbid CONFIG.
 */
export async function checkKeeps(command: Command, what: string): Promise<void> {
  const info = await command('INFO', (client) => client.info('memory'))
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1]
  if (policy === 'noeviction') return
  throw new Error(
    `Redis may drop ${what} when its memory is full: its maxmemory-policy is ${policy ?? 'not told by INFO'}. ` +
      'Set "maxmemory-policy noeviction", or give this adapter a Redis of its own that has it.',
  )
}

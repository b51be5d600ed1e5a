import type { Id } from '../../kernel/id.ts'
import { type Activity, type ActivityFilter, type ActivityItem, mostUnread } from '../activity/activity.ts'
import type { ActivityReader, ActivityRepository } from './activity-repository.ts'
import type { ActivityRow, TenantTables } from './tenant-tables.memory.ts'

export function memoryActivityRepository({
  tenants,
  tenantLifecycles,
  activity,
  activityHeads,
  activityMarks,
  activityReaders,
}: TenantTables): ActivityRepository {
  const headOf = (tenantId: Id<'ten'>): number => activityHeads.get(tenantId)?.seq ?? 0

  const rowsOf = (tenantId: Id<'ten'>): readonly ActivityRow[] =>
    [...activity.values()].filter((row) => row.tenantId === tenantId).toSorted((a, b) => a.seq - b.seq)

  function itemOf({ tenantId, userId }: ActivityReader, row: ActivityRow): ActivityItem {
    const readThrough = activityReaders.get(`${tenantId} ${userId}`)?.readThrough ?? 0
    const mark = activityMarks.get(`${tenantId} ${userId} ${row.activity.id}`)
    const isRead = row.seq <= readThrough || mark !== undefined || row.activity.actorId === userId
    return { ...row.activity, read: isRead, dismissed: mark?.dismissed ?? false }
  }

  return {
    async insert(tenantId, added) {
      const key = `${tenantId} ${added.id}`
      if (activity.has(key) || !tenants.has(tenantId) || tenantLifecycles.get(tenantId)?.erasedAt) return
      const seq = headOf(tenantId) + 1
      activityHeads.set(tenantId, { tenantId, seq })
      activity.set(key, { tenantId, seq, activity: structuredClone(added) })
    },

    listAfter: async (tenantId, after, limit) =>
      rowsOf(tenantId)
        .filter(({ seq }) => seq > after)
        .slice(0, limit)
        .map(({ seq, activity: kept }) => ({ seq, activity: structuredClone(kept) })),

    async bounds(tenantId) {
      const head = headOf(tenantId)
      return { base: (rowsOf(tenantId)[0]?.seq ?? head + 1) - 1, head }
    },

    async list(reader, filter, { limit, after }) {
      const all = rowsOf(reader.tenantId)
        .toReversed()
        .map((row) => ({ seq: row.seq, item: itemOf(reader, row) }))
      const rows = all
        .filter(({ seq, item }) => (after === null || seq < Number(after)) && isWanted(item, filter))
        .slice(0, limit + 1)
      const unreadCount = Math.min(mostUnread, all.filter(({ item }) => !item.read).length)
      return structuredClone({ rows, unreadCount })
    },

    async mark({ tenantId, userId }, id, mark) {
      if (!activity.has(`${tenantId} ${id}`)) return false
      const key = `${tenantId} ${userId} ${id}`
      const dismissed = mark === 'dismissed' || activityMarks.get(key)?.dismissed === true
      activityMarks.set(key, { tenantId, userId, activityId: id, dismissed })
      return true
    },

    async markAllRead({ tenantId, userId }) {
      activityReaders.set(`${tenantId} ${userId}`, { tenantId, userId, readThrough: headOf(tenantId) })
    },

    async forget(userId) {
      for (const rows of [activityMarks, activityReaders])
        for (const [key, row] of rows) if (row.userId === userId) rows.delete(key)
    },

    async purge(before) {
      const old = [...activity].filter(([, row]) => row.activity.occurredAt < before.toISOString())
      for (const [key] of old) activity.delete(key)
      for (const [key, { tenantId, activityId }] of activityMarks)
        if (!activity.has(`${tenantId} ${activityId}`)) activityMarks.delete(key)
      return old.length
    },
  }
}

const isWanted = (item: ActivityItem, filter: ActivityFilter): boolean =>
  isInState(item, filter.state) &&
  (['action', 'actorId', 'objectId', 'source', 'outcome', 'requestId'] as const).every(
    (key: keyof Activity & keyof ActivityFilter) => filter[key] === undefined || item[key] === filter[key],
  ) &&
  (filter.from === undefined || new Date(item.occurredAt) >= new Date(filter.from)) &&
  (filter.until === undefined || new Date(item.occurredAt) < new Date(filter.until))

function isInState({ read, dismissed }: ActivityItem, state: ActivityFilter['state']): boolean {
  if (state === 'all') return true
  if (state === 'dismissed') return dismissed
  return !dismissed && (state === 'inbox' || !read)
}

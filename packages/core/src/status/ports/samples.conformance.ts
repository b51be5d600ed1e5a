import { newId } from '../../kernel/id.ts'
import type { Storage } from '../../ports/storage.ts'
import type { Component } from '../components/component.ts'
import type { Incident } from '../incidents/incident.ts'
import type { Maintenance } from '../maintenance/maintenance.ts'
import type { StoredSubscription } from './subscription-repository.ts'
import type { StatusRepositories } from './status-repositories.ts'

/** A storage that keeps the status module, perhaps among others. */
export type StatusStorage = Storage<{ readonly status: StatusRepositories }>

export const createdAt = '2026-03-01T12:00:00.007Z'

/** Text that a careless adapter changes: astral and combining characters, quotes, an escape, line breaks, blanks at the ends. */
const awkwardText = ' Žofie 🌱 e\u0301 <b>"quoted"</b> \'single\' \\0 \\u0041 %s {}[]\r\n\ttab '

export const sampleComponent = (change: Partial<Component> = {}): Component => ({
  id: newId('cmp'),
  kind: 'component',
  name: awkwardText,
  description: awkwardText,
  groupId: null,
  position: 1,
  check: null,
  override: null,
  version: 1,
  createdAt,
  ...change,
})

export const sampleIncident = (change: Partial<Incident> = {}): Incident => ({
  id: newId('inc'),
  title: awkwardText,
  severity: 'major',
  state: 'investigating',
  affected: [{ componentId: newId('cmp'), state: 'partial_outage' }],
  updates: [{ id: newId('upd'), state: 'investigating', message: awkwardText, createdAt }],
  startedAt: createdAt,
  resolvedAt: null,
  version: 1,
  ...change,
})

export const sampleMaintenance = (change: Partial<Maintenance> = {}): Maintenance => ({
  id: newId('mnt'),
  title: awkwardText,
  message: awkwardText,
  componentIds: [newId('cmp'), newId('cmp')],
  state: 'scheduled',
  startsAt: '2026-03-02T12:00:00.000Z',
  endsAt: '2026-03-02T14:00:00.000Z',
  version: 1,
  createdAt,
  ...change,
})

export const sampleSubscription = (change: Partial<StoredSubscription> = {}): StoredSubscription => ({
  id: newId('sbr'),
  channel: 'email',
  targetDigest: newId('digest'),
  target: 'sealed',
  secret: null,
  severity: 'minor',
  maintenance: true,
  state: 'pending',
  generation: 1,
  expiresAt: new Date('2026-03-02T12:00:00.000Z'),
  createdAt: new Date(createdAt),
  ...change,
})

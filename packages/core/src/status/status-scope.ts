import type { Transaction } from '../kernel/transaction.ts'
import type { EventRecorder } from '../ports/outbox.ts'
import type { StatusRepositories } from './ports/status-repositories.ts'

/** What the services of this module may touch in one transaction. */
export type StatusTransaction = Transaction<StatusRepositories & { readonly events: EventRecorder }>

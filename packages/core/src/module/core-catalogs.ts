import { HttpErrors } from '../http/http-errors.ts'
import { PageErrors } from '../kernel/page.ts'
import { DeliveryErrors } from '../ports/delivery-store.ts'
import { FetcherErrors } from '../ports/fetcher.ts'
import { KeyStoreErrors } from '../ports/key-store.ts'
import { MailerErrors } from '../ports/mailer.ts'
import { NotifierErrors } from '../ports/notifier.ts'
import { ObjectStoreErrors } from '../ports/object-store.ts'
import { PortErrors } from '../ports/port-errors.ts'
import { SecretStoreErrors } from '../ports/secret-store.ts'
import { StorageErrors } from '../ports/storage-errors.ts'
import { CoreJobs } from './core-jobs.ts'
import { CoreMetrics } from './core-metrics.ts'
import { CoreSettings } from './core-settings.ts'
import type { ModuleCatalogs } from './module.ts'

/** What the core itself declares. */
export const coreCatalogs = {
  settings: CoreSettings,
  errors: [
    DeliveryErrors,
    FetcherErrors,
    HttpErrors,
    PageErrors,
    PortErrors,
    StorageErrors,
    KeyStoreErrors,
    MailerErrors,
    NotifierErrors,
    ObjectStoreErrors,
    SecretStoreErrors,
  ],
  jobs: CoreJobs,
  metrics: CoreMetrics,
} as const satisfies ModuleCatalogs

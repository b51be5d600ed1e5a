import type { Action } from '../run/command.ts'
import { listing } from '../run/listing.ts'
import type { PageFlags } from '../tree/parameters.ts'
import { withStack } from './with-stack.ts'

export const action: Action<PageFlags> = (invocation, { limit, cursor }) =>
  withStack(invocation, 'status', async ({ incidents }) =>
    listing(
      await incidents.list({ limit, ...(cursor !== undefined && { cursor }) }),
      ['Incident', 'State', 'Severity', 'Since', 'Title'],
      ({ id, state, severity, startedAt, title }) => [id, state, severity, startedAt, title],
    ),
  )

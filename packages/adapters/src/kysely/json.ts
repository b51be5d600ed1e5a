import { type RawBuilder, sql } from 'kysely'

/** A jsonb parameter. Stringified here: `pg` would send a JavaScript array as a Postgres array. */
export const jsonb = <T>(value: T): RawBuilder<T> => sql<T>`${JSON.stringify(value)}::jsonb`

import type pg from 'pg'

/** Jobs that are written, claimed and deleted together. */
export const batch = 50

/** The limit: one statement each to insert, claim and delete a batch, prepared, with nothing to run. */
export async function rawQueue(client: pg.Client): Promise<() => Promise<void>> {
  await client.query(`create table raw_jobs (
    seq bigint generated always as identity primary key, type text not null, payload jsonb not null, claimed_at timestamptz)`)
  const payloads = Array.from({ length: batch }, (_, i) => JSON.stringify({ i }))
  return async () => {
    await client.query({
      name: 'insert',
      text: `insert into raw_jobs (type, payload) select 'bench.job.made', unnest($1::jsonb[])`,
      values: [payloads],
    })
    const { rows } = await client.query<{ seq: string }>({
      name: 'claim',
      text: `update raw_jobs set claimed_at = now() where seq in (
        select seq from raw_jobs where claimed_at is null order by seq limit $1 for update skip locked) returning seq`,
      values: [batch],
    })
    if (rows.length !== batch) throw new Error('Jobs were lost.')
    await client.query({
      name: 'delete',
      text: 'delete from raw_jobs where seq = any($1::bigint[])',
      values: [rows.map(({ seq }) => seq)],
    })
  }
}

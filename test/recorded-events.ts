/**
 * Statements, in their order, after which `recorded_events` has a row for every event that is recorded from then on: the outbox itself
 * forgets what was delivered.
 */
export const keepRecordedEvents: readonly string[] = [
  'create table recorded_events (like corbel_outbox)',
  // As its owner, for the embedded database records under a role that owns nothing.
  `create function keep_recorded_event() returns trigger language plpgsql security definer as $$
    begin insert into recorded_events select new.*; return null; end $$`,
  `create trigger keep_recorded_event after insert on corbel_outbox
    for each row execute function keep_recorded_event()`,
]

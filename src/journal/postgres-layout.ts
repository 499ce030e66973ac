/** By which writers of all versions wait for each other while the tables are made. */
export const LAYOUT_LOCK = `hashtext('plimsoll_journal_layout')`

/**
 * What each version added; the last one is what this Plimsoll writes. `plimsoll_lease.expires_at` is on the database's
 * clock, and no other is ever asked. `key` names a record by its writer: offered twice, it is written once.
 */
export const LAYOUTS: readonly string[] = [
  `
create table plimsoll_lease (
  journal text primary key,
  epoch bigint not null default 0,
  owner text not null default '',
  keys text[] not null default '{}',
  expires_at timestamptz not null default 'epoch'
);
create table plimsoll_keepers (
  journal text not null,
  owner text not null,
  head bigint not null,
  seen_at timestamptz not null,
  primary key (journal, owner)
);
create table plimsoll_records (
  seq bigint generated always as identity primary key,
  journal text not null,
  key text not null,
  stream text not null,
  at_ms bigint not null,
  body text not null,
  unique (journal, key)
);
create index plimsoll_records_stream on plimsoll_records (journal, stream, seq);
create table plimsoll_mentions (
  kind text not null,
  id text not null,
  seq bigint not null references plimsoll_records (seq),
  primary key (kind, id, seq)
);
create function plimsoll_lease_tick(
  of_journal text, me text, my_keys text[], lease_ms int, my_epoch bigint, my_head bigint, is_fit boolean
) returns table (epoch bigint, owner text, left_ms bigint, best_head bigint, rival text)
language plpgsql as $$
#variable_conflict use_column
declare
  lasts interval := lease_ms * interval '1 millisecond';
  best bigint;
  other text;
begin
  -- Who leads is decided by one at a time, over all journals: two of them may name the same key.
  perform pg_advisory_xact_lock(hashtext('plimsoll_lease'));
  insert into plimsoll_lease (journal) values (of_journal) on conflict do nothing;
  insert into plimsoll_keepers values (of_journal, me, my_head, clock_timestamp())
    on conflict (journal, owner) do update set head = excluded.head, seen_at = excluded.seen_at;
  delete from plimsoll_keepers where journal = of_journal and seen_at < clock_timestamp() - interval '1 day';
  select max(head) into best from plimsoll_keepers
    where journal = of_journal and owner <> me and seen_at > clock_timestamp() - 2 * lasts;
  select journal into other from plimsoll_lease
    where journal <> of_journal and keys && my_keys and expires_at > clock_timestamp() limit 1;
  if other is null then
    update plimsoll_lease set expires_at = clock_timestamp() + lasts
      where journal = of_journal and owner = me and epoch = my_epoch;
    if not found and is_fit and my_head >= coalesce(best, 0) then
      update plimsoll_lease set epoch = epoch + 1, owner = me, keys = my_keys, expires_at = clock_timestamp() + lasts
        where journal = of_journal and expires_at < clock_timestamp();
    end if;
  end if;
  return query select epoch, owner, (extract(epoch from expires_at - clock_timestamp()) * 1000)::bigint, best, other
    from plimsoll_lease where journal = of_journal;
end $$;`,
]

"""What somebody writes in an afternoon: read every page, digest each record, keep what changed in SQLite.

floor.py URL KEY DATABASE. The stamp of the last change is left out of the digest, so that a record that was only
stamped anew counts as unchanged. Standard library only; one line of JSON says what it took.
"""
import hashlib
import http.client
import json
import sqlite3
import sys
import time
from urllib.parse import quote, urlsplit

PAGE = 1000
PARAMETERS = 500


def pages(url, key):
    provider = http.client.HTTPConnection(urlsplit(url).netloc)
    cursor = ""
    while cursor is not None:
        after = f"&cursor={quote(cursor)}" if cursor else ""
        provider.request("GET", f"/customers?limit={PAGE}{after}", headers={"Authorization": f"Bearer {key}"})
        answer = json.loads(provider.getresponse().read())
        yield answer["data"]
        cursor = answer["next_cursor"]


def digested(record):
    record.pop("updated_at")
    body = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(body.encode(), digest_size=16).digest(), body


def known(store, ids):
    found = {}
    for start in range(0, len(ids), PARAMETERS):
        part = ids[start : start + PARAMETERS]
        marks = ",".join("?" * len(part))
        found.update(store.execute(f"select id, digest from record where id in ({marks})", part).fetchall())
    return found


def main(url, key, database):
    store = sqlite3.connect(database)
    store.execute("pragma journal_mode = wal")
    store.execute("pragma synchronous = full")
    store.execute(
        "create table if not exists record (id text primary key, digest blob not null, body text not null) without rowid"
    )
    done = written = 0
    for page in pages(url, key):
        fresh = {record["id"]: digested(record) for record in page}
        old = known(store, list(fresh))
        changed = [(id, digest, body) for id, (digest, body) in fresh.items() if old.get(id) != digest]
        store.executemany(
            "insert into record values (?, ?, ?) on conflict (id) do update set digest = excluded.digest, body = excluded.body",
            changed,
        )
        store.commit()
        done += len(fresh)
        written += len(changed)
    return done, written


wall, cpu = time.perf_counter(), time.process_time()
done, written = main(*sys.argv[1:])
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"wall": wall, "cpu": cpu, "done": done, "written": written}))

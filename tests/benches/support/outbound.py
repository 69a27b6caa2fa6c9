"""A careful script that sends records: 16 threads, each acknowledgement committed before the thread's next call.

outbound.py URL KEY DATABASE RECORDS. The rows lie in a SQLite file, or in PostgreSQL where DATABASE is its address
(`postgres://…`, which needs psycopg 3), and so does what was sent. Dropped connections, 429 and 5xx are tried again. No
history, no idempotency key, no reading after doubt. Otherwise standard library only; one line of JSON says what it took.
"""
import contextlib
import hashlib
import http.client
import json
import queue
import sqlite3
import sys
import threading
import time
from urllib.parse import urlsplit

THREADS = 16


class File:
    """SQLite: one connection, in turns."""

    mark = "?"

    def __init__(self, database):
        self.store, self.lock = sqlite3.connect(database, check_same_thread=False), threading.Lock()
        self.store.execute("pragma journal_mode = wal")
        self.store.execute("pragma synchronous = full")

    def connect(self):
        return self.store, self.lock


class Server:
    """PostgreSQL: a connection for each thread."""

    mark = "%s"

    def __init__(self, database):
        import psycopg

        self.open = lambda: psycopg.connect(database)
        self.store = self.open()

    def connect(self):
        return self.open(), contextlib.nullcontext()


def source(database, records):
    kind = Server if database.startswith("postgres") else File
    place = kind(database)
    store = place.store.cursor()
    store.execute("create table customer (id text primary key, name text, company text, email text, phone text, city text)")
    rows = [
        (f"C-{n:06}", f"Customer {n}", f"Company {n % 997}", f"customer{n}@example.com", f"+1555{n:07}", "Port Ellen")
        for n in range(records)
    ]
    store.executemany(f"insert into customer values ({', '.join([place.mark] * 6)})", rows)
    store.execute("create table sent (id text primary key, digest text not null, remote_id text)")
    place.store.commit()
    return place


def send(provider, key, body):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    while True:
        try:
            provider.request("POST", "/customers", body=body, headers=headers)
            answer = provider.getresponse()
            text = answer.read()
            if answer.status < 300:
                return json.loads(text)["id"]
            time.sleep(float(answer.headers.get("Retry-After", 0.05)))
        except (http.client.HTTPException, OSError):
            provider.close()
            time.sleep(0.05)


def worker(todo, place, url, key):
    store, lock = place.connect()
    provider = http.client.HTTPConnection(urlsplit(url).netloc)
    while True:
        try:
            id, name, company, email, phone, city = todo.get_nowait()
        except queue.Empty:
            return
        record = {
            "external_id": id, "name": name, "company": company, "email": email, "phone": phone,
            "address": {"city": city},
        }
        body = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(body).hexdigest()
        remote = send(provider, key, body)
        with lock:
            store.execute(
                f"insert into sent values ({', '.join([place.mark] * 3)})"
                " on conflict (id) do update set digest = excluded.digest",
                (id, digest, remote),
            )
            store.commit()


def main(place, url, key):
    sent = dict(place.store.execute("select id, digest from sent").fetchall())
    todo = queue.SimpleQueue()
    for row in place.store.execute("select * from customer order by id").fetchall():
        if row[0] not in sent:
            todo.put(row)
    place.store.commit()
    count = todo.qsize()
    threads = [threading.Thread(target=worker, args=(todo, place, url, key)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count


url, key, database, records = sys.argv[1:]
place = source(database, int(records))
wall, cpu = time.perf_counter(), time.process_time()
count = main(place, url, key)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"wall": wall, "cpu": cpu, "done": count, "written": count}))

"""A careful script that sends records: 16 threads, each acknowledgement committed before the thread's next call.

outbound.py URL KEY DATABASE RECORDS. The rows lie in SQLite, and so does what was sent. Dropped connections, 429 and 5xx
are tried again. No history, no idempotency key, no reading after doubt. Standard library only; one line of JSON says
what it took.
"""
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


def source(database, records):
    store = sqlite3.connect(database, check_same_thread=False)
    store.execute("pragma journal_mode = wal")
    store.execute("pragma synchronous = full")
    store.execute("create table customer (id text primary key, name text, company text, email text, phone text, city text)")
    rows = [
        (f"C-{n:06}", f"Customer {n}", f"Company {n % 997}", f"customer{n}@example.com", f"+1555{n:07}", "Port Ellen")
        for n in range(records)
    ]
    store.executemany("insert into customer values (?, ?, ?, ?, ?, ?)", rows)
    store.execute("create table sent (id text primary key, digest text not null, remote_id text)")
    store.commit()
    return store


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


def worker(todo, lock, store, url, key):
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
                "insert into sent values (?, ?, ?) on conflict (id) do update set digest = excluded.digest",
                (id, digest, remote),
            )
            store.commit()


def main(store, url, key):
    sent = dict(store.execute("select id, digest from sent").fetchall())
    todo = queue.SimpleQueue()
    for row in store.execute("select * from customer order by id").fetchall():
        if row[0] not in sent:
            todo.put(row)
    count, lock = todo.qsize(), threading.Lock()
    threads = [threading.Thread(target=worker, args=(todo, lock, store, url, key)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count


url, key, database, records = sys.argv[1:]
store = source(database, int(records))
wall, cpu = time.perf_counter(), time.process_time()
count = main(store, url, key)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"wall": wall, "cpu": cpu, "done": count, "written": count}))

#!/usr/bin/env python3
"""What the official clients send for what the operation log does.

Runs the Python clients of Elasticsearch and OpenSearch against a small server
that records every request, and writes what matters of them (method, path,
query, content type, body) to crates/ledger/src/index/elasticsearch/wire.json.
The tests there hold the server's own client to it.

    python3 -m venv v && v/bin/pip install elasticsearch opensearch-py
    v/bin/python scripts/search-wire.py
"""

import json
import pathlib
import threading
import urllib.parse
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import elasticsearch
import opensearchpy

OUT = pathlib.Path(__file__).parent.parent / "crates/ledger/src/index/elasticsearch/wire.json"

INDEX = "bonafide-oplog-2026.11.22"
ALL = "bonafide-oplog-*"
CALL = "01a20320-a200-7000-8000-000000000001"
APPLICATION = "app_aaaaaaaaaaaaaaaaaaaaaaaaaa"

KEYWORD = {"type": "keyword"}
LONG = {"type": "long"}
SETTINGS = {"index": {"number_of_shards": 1, "number_of_replicas": 1, "refresh_interval": "1s"}}
MAPPINGS = {
    "dynamic": "strict",
    "properties": {
        "id": KEYWORD,
        "call_id": KEYWORD,
        "number": {"type": "integer"},
        "app_id": KEYWORD,
        "application": KEYWORD,
        "environment": KEYWORD,
        "region": KEYWORD,
        "interface": KEYWORD,
        "started_at": LONG,
        "at": LONG,
        "took_us": LONG,
        "step": KEYWORD,
        "outcome": KEYWORD,
        "facts": {"type": "object", "enabled": False},
        "codes": KEYWORD,
        "words": KEYWORD,
    },
}


def entry(number, step, outcome, facts, codes, words):
    return {
        "id": f"{CALL}-{number:03}",
        "call_id": CALL,
        "number": number,
        "app_id": 1300000001,
        "application": APPLICATION,
        "environment": "sandbox",
        "region": "apac",
        "interface": "documents.read",
        "started_at": 1795348800000,
        "at": 1795348800000 + number,
        "took_us": 900,
        "step": step,
        "outcome": outcome,
        "facts": facts,
        "codes": codes,
        "words": words,
    }


ENTRIES = [
    entry(
        1,
        "mrz.read",
        "check_digit",
        {"format": "TD3", "glare": True, "score": 0.25, "lines": 2},
        ["TD3", "check_digit", "glare", "mrz.read"],
        ["check", "digit", "documents", "format", "glare", "lines", "mrz", "read", "score", "td3"],
    ),
    entry(
        2,
        "answer",
        "unreadable",
        {"fault": "caller"},
        ["answer", "caller", "unreadable"],
        ["answer", "caller", "documents", "fault", "read", "unreadable"],
    ),
]


def term(field, value):
    return {"term": {field: value}}


SEARCH = {
    "query": {
        "bool": {
            "filter": [
                term("app_id", "1300000001"),
                term("environment", "sandbox"),
                term("application", APPLICATION),
                term("interface", "documents.read"),
                term("step", "mrz.read"),
                term("outcome", "check_digit"),
                term("codes", "TD3"),
                term("words", "mrz"),
                term("words", "read"),
                {"range": {"started_at": {"gte": 1, "lt": 1795348800001}}},
            ]
        }
    },
    "sort": [{"id": {"order": "desc"}}],
    "size": 11,
    "search_after": [f"{CALL}-003"],
    "track_total_hits": False,
}
STEPS = {
    "query": {
        "bool": {
            "filter": [
                term("app_id", "1300000001"),
                term("environment", "sandbox"),
                term("call_id", CALL),
                {"range": {"started_at": {"gte": 1}}},
            ]
        }
    },
    "sort": [{"id": {"order": "desc"}}],
    "size": 1000,
    "track_total_hits": False,
}
PAGE = {
    "query": {"match_all": {}},
    "sort": [{"id": {"order": "asc"}}],
    "size": 2,
    "search_after": [f"{CALL}-001"],
    "track_total_hits": False,
}
LENIENT = {
    "allow_no_indices": True,
    "allow_partial_search_results": False,
    "ignore_unavailable": True,
}


def operations(client, official):
    """Each operation, by the client's own methods and arguments."""

    def search(index, body):
        if official == "elasticsearch":
            return lambda: client.search(index=index, **body, **LENIENT)
        return lambda: client.search(index=index, body=body, **LENIENT)

    actions = []
    for document in ENTRIES:
        actions += [{"index": {"_index": INDEX, "_id": document["id"]}}, document]
    if official == "elasticsearch":
        yield "make", lambda: client.indices.create(index=INDEX, settings=SETTINGS, mappings=MAPPINGS)
        yield "put", lambda: client.bulk(operations=actions, refresh="wait_for")
    else:
        body = {"settings": SETTINGS, "mappings": MAPPINGS}
        yield "make", lambda: client.indices.create(index=INDEX, body=body)
        yield "put", lambda: client.bulk(body=actions, refresh="wait_for")
    yield "search", search(ALL, SEARCH)
    yield "steps", search(INDEX, STEPS)
    yield "page", search(INDEX, PAGE)
    yield "partitions", lambda: client.cat.indices(index=ALL, format="json", h="index")
    yield "drop", lambda: client.indices.delete(index=INDEX)
    yield "check", lambda: client.cluster.health()


class Recorder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        url = urllib.parse.urlsplit(self.path)
        kind = self.headers.get("content-type", "").split(";")[0]
        self.requests.append(
            {
                "method": self.command,
                "path": urllib.parse.unquote(url.path),
                "query": dict(urllib.parse.parse_qsl(url.query)),
                "content_type": kind or None,
                # `_bulk` is lines of JSON, each ended by a newline.
                "body": [json.loads(line) for line in body.splitlines()],
                "ends_with_newline": body.endswith("\n"),
            }
        )
        said = b"{}" if not self.path.startswith("/_cat") else b"[]"
        accepted = self.headers.get("accept", "application/json").split(",")[-1].strip()
        self.send_response(200)
        self.send_header("content-type", "application/json" if accepted == "*/*" else accepted)
        self.send_header("x-elastic-product", "Elasticsearch")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


def main():
    warnings.simplefilter("ignore")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    clients = {
        "elasticsearch": (elasticsearch.Elasticsearch(address), elasticsearch.__versionstr__),
        "opensearch-py": (opensearchpy.OpenSearch(address), opensearchpy.__versionstr__),
    }
    vectors = []
    for name, (client, version) in clients.items():
        for operation, run in operations(client, name):
            Recorder.requests.clear()
            run()
            (request,) = Recorder.requests
            vectors.append({"operation": operation, "client": f"{name} {version}", **request})
    OUT.write_text(json.dumps(vectors, indent=1) + "\n")
    print(f"{len(vectors)} requests written")


if __name__ == "__main__":
    main()

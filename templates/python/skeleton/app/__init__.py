"""The service: WSGI and the standard library, so that there is nothing to update."""

import json
import os
import socket

NAME = ${{ values.name | dump }}
REVISION = os.environ.get("APP_REVISION", "unknown")


def hello():
    """What this service says."""
    return {"name": NAME, "message": f"Hello from {NAME}", "revision": REVISION, "pod": socket.gethostname()}


ROUTES = {
    "/": hello,
    # The process runs; says nothing of anything it depends on.
    "/healthz": lambda: {"status": "ok"},
    # Takes traffic: gunicorn answers nobody before it does, nor after SIGTERM.
    "/readyz": lambda: {"status": "ready"},
}


def respond(method, path):
    """Status and body of an answer."""
    route = ROUTES.get(path)
    if route is None:
        return "404 Not Found", {"error": "not found"}
    if method not in ("GET", "HEAD"):
        return "405 Method Not Allowed", {"error": "method not allowed"}
    return "200 OK", route()


def application(environ, start_response):
    """The WSGI entry, see PEP 3333."""
    status, body = respond(environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/")
    content = json.dumps(body).encode() + b"\n"
    start_response(status, [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(content))),
        ("X-Revision", REVISION),
    ])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

"""What the service promises."""

import json
import unittest
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from app import application


def get(path, method="GET"):
    """Asks the application as a server would and returns status, headers and body."""
    environ = {"PATH_INFO": path, "SCRIPT_NAME": "", "REQUEST_METHOD": method}
    setup_testing_defaults(environ)
    answer = {}

    def start_response(status, headers, _exc_info=None):
        answer.update(status=status, headers=dict(headers))
        return lambda _: None

    parts = validator(application)(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        parts.close()
    return answer["status"], answer["headers"], body


class Service(unittest.TestCase):
    def test_answers_in_json_and_says_which_revision_answers(self):
        status, headers, body = get("/")
        self.assertEqual(status, "200 OK")
        self.assertTrue(headers["Content-Type"].startswith("application/json"))
        self.assertTrue(headers["X-Revision"])
        self.assertEqual(json.loads(body)["name"], ${{ values.name | dump }})

    def test_says_that_it_does_not_know_a_path(self):
        self.assertEqual(get("/nowhere")[0], "404 Not Found")

    def test_refuses_what_it_is_not_made_for(self):
        self.assertEqual(get("/", "POST")[0], "405 Method Not Allowed")

    def test_is_healthy_and_ready(self):
        self.assertEqual(get("/healthz")[0], "200 OK")
        self.assertEqual(get("/readyz")[0], "200 OK")

    def test_answers_head_without_a_body(self):
        self.assertEqual(get("/", "HEAD")[2], b"")


if __name__ == "__main__":
    unittest.main()

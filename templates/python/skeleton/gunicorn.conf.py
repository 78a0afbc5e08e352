"""How gunicorn serves the application; each name is one of its settings."""

import json
import logging
import os
from datetime import datetime, timezone

bind = f"0.0.0.0:{os.environ.get('PORT', '8080')}"
# One process and some threads: the platform adds pods, not processes.
workers = int(os.environ.get("WORKERS", "1"))
worker_class = "gthread"
threads = int(os.environ.get("THREADS", "8"))
preload_app = True
# Where a worker shows that it lives; memory, since the disk is read-only.
worker_tmp_dir = "/dev/shm"
# Longer than a load balancer keeps an idle connection (60 s), or it would now
# and then send a request on one that is just being closed.
keepalive = 75
# After SIGTERM no request is taken any more, and those under way may end. The
# pod's preStop has kept it answering until the load balancer knew.
graceful_timeout = 20
# Nothing but the edge reaches the pod (deploy/networkpolicy.yaml), so what it
# says of the visitor's protocol holds.
forwarded_allow_ips = "*"


class JSONFormatter(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record):
        line = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            "revision": os.environ.get("APP_REVISION", "unknown"),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JSONFormatter}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
    "root": {"level": "INFO", "handlers": ["stdout"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False},
        "gunicorn.access": {"level": "WARNING", "handlers": ["stdout"], "propagate": False},
    },
}

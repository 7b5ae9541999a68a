"""`python -m agents.web` prints the API's description, for programs that make types of it."""

import sys

import orjson

from agents.web.openapi import description
from agents.web.register import CALLS

if __name__ == "__main__":
    sys.stdout.write(orjson.dumps(description(CALLS)).decode())

"""Judges values by schemas with python3-jsonschema: lines of {"schema", "values"} in, a line of true and false out for each."""

import json
import sys

from jsonschema import Draft202012Validator

for line in sys.stdin:
    asked = json.loads(line)
    Draft202012Validator.check_schema(asked["schema"])
    validator = Draft202012Validator(asked["schema"])
    print(json.dumps([validator.is_valid(value) for value in asked["values"]]), flush=True)

import unittest

from gen.messages_pb2 import GreetRequest
from nodes.greet import greet


class _TestSecrets:
    def __init__(self, values):
        self._values = values

    def get(self, name):
        return (self._values[name], True) if name in self._values else ("", False)


class _TestLog:
    """Keeps what the node logs, as (level, message, attributes)."""

    def __init__(self):
        self.lines = []

    def debug(self, msg, **attrs):
        self.lines.append(("debug", msg, attrs))

    def info(self, msg, **attrs):
        self.lines.append(("info", msg, attrs))

    def warn(self, msg, **attrs):
        self.lines.append(("warn", msg, attrs))

    def error(self, msg, **attrs):
        self.lines.append(("error", msg, attrs))


class _TestContext:
    """Stands in for AxiomContext: what the node may ask for, from dictionaries."""

    def __init__(self, secrets_map=None, params_map=None):
        self.secrets = _TestSecrets(secrets_map or {})
        self.params = _TestSecrets(params_map or {})
        self.log = _TestLog()
        self.execution_id = "test-execution"
        self.flow_id = "test-flow"
        self.tenant_id = "test-tenant"


class GreetTest(unittest.TestCase):
    def test_signs_with_the_secret(self):
        ax = _TestContext(secrets_map={"GREETER_SIGNATURE": "test-sig"})
        reply = greet(ax, GreetRequest(name="Ada"))
        self.assertEqual("Hello Ada, from test-sig", reply.greeting)

    def test_signs_as_anonymous_without_the_secret(self):
        reply = greet(_TestContext(), GreetRequest(name="Ada"))
        self.assertEqual("Hello Ada, from anonymous", reply.greeting)


if __name__ == "__main__":
    unittest.main()

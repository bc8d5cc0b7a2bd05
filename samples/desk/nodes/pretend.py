class _PretendSecrets:
    def __init__(self, values):
        self._values = values

    def get(self, name):
        return (self._values[name], True) if name in self._values else ("", False)


class _PretendLog:
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


class PretendContext:
    """Stands in for AxiomContext: what a node may ask for, from dictionaries."""

    def __init__(self, secrets_map=None, params_map=None):
        self.secrets = _PretendSecrets(secrets_map or {})
        self.params = _PretendSecrets(params_map or {})
        self.log = _PretendLog()
        self.execution_id = "test-execution"
        self.flow_id = "test-flow"
        self.tenant_id = "test-tenant"

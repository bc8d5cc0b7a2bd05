"""What a handler sees as ax. Type hints and defaults for node code and its tests.

A package's own stand-ins need not derive from these classes: whatever has the attributes will do. Whoever does derive
gets a working default for everything that is added later.
"""

from .axiom_values import AxiomAgent, AxiomReflection, AxiomTelemetry


class SecretStatus:
    """Why a secret can be read, or cannot."""

    AVAILABLE = "Available"
    REVOKED = "Revoked"
    UNSET = "Unset"


class AxiomLogger:
    """Log lines of this call, with attributes: ax.log.info("fetched", rows=12)."""

    def debug(self, msg: str, **attrs: object) -> None:
        pass

    def info(self, msg: str, **attrs: object) -> None:
        pass

    def warn(self, msg: str, **attrs: object) -> None:
        pass

    def error(self, msg: str, **attrs: object) -> None:
        pass


class AxiomSecrets:
    """The secrets of the tenant, read by name. A missing one is never an exception."""

    def get(self, name: str) -> tuple[str, bool]:
        """The value and True, or an empty text and False."""
        return "", False

    def status(self, name: str) -> str:
        """One of the words of SecretStatus."""
        return SecretStatus.AVAILABLE if self.get(name)[1] else SecretStatus.UNSET


class AxiomParams:
    """The plain parameters of the flow's config, read by name."""

    def get(self, name: str) -> tuple[str, bool]:
        """The value and True, or an empty text and False."""
        return "", False


class _Made:
    """A member that each context makes for itself when it is first used, unless it was given one."""

    def __init__(self, make, doc):
        self._make = make
        self.__doc__ = doc

    def __set_name__(self, owner, name):
        self._name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        made = instance.__dict__[self._name] = self._make()
        return made


class AxiomContext:
    """What a node is told about its call and may ask for during it."""

    log: AxiomLogger = AxiomLogger()
    secrets: AxiomSecrets = AxiomSecrets()
    params: AxiomParams = AxiomParams()

    execution_id: str = ""
    flow_id: str = ""
    tenant_id: str = ""

    reflection: AxiomReflection = _Made(AxiomReflection, "The graph that runs, and where in it this call is.")
    agent: AxiomAgent = _Made(AxiomAgent, "What the flow remembers from run to run: ax.agent.memory.")

    _telemetry: AxiomTelemetry = _Made(AxiomTelemetry, "What telemetry() gives.")

    def telemetry(self) -> AxiomTelemetry:
        """Events and measurements of this call."""
        return self._telemetry

    def progress(self, fraction: float, message: str = "") -> None:
        """Says how far the call is: 0 to 1, and what it is at."""

"""What a handler sees as ax. Type hints and defaults for node code and its tests.

A package's own stand-ins need not derive from these classes: whatever has the attributes will do. Whoever does derive
gets a working default for everything that is added later.
"""


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


class AxiomContext:
    """What a node is told about its call and may ask for during it."""

    log: AxiomLogger = AxiomLogger()
    secrets: AxiomSecrets = AxiomSecrets()
    params: AxiomParams = AxiomParams()

    execution_id: str = ""
    flow_id: str = ""
    tenant_id: str = ""

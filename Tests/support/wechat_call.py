"""A request to the gateway and its answer, apart from the sockets."""

from dataclasses import dataclass, field


@dataclass
class Call:
    method: str
    # With the query, exactly as it was sent.
    target: str
    headers: object
    body: bytes
    has_client_certificate: bool
    base: str
    # How the answer is to be spoilt.
    twist: str = "normal"

    @property
    def path(self):
        return self.target.split("?")[0]


@dataclass
class Answer:
    status: int
    body: bytes
    content_type: str
    headers: dict = field(default_factory=dict)

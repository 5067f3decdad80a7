"""The live services of one process, handed to every rule: a plain dataclass, no locator."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.auth.passwords import Passwords
from app.auth.tokens import AccessTokens
from app.config import Settings
from app.store.database import Database
from app.store.grouped_sends import GroupedSends
from app.store.lookups import Lookups
from app.store.sends import Judgements
from app.store.session_checks import SessionChecks

if TYPE_CHECKING:
    from app.live.hub import Hub
    from app.media.signing import UrlSigner
    from app.media.storage import Storage
    from app.media.workers import MediaWorkers


@dataclass(frozen=True, slots=True)
class Services:
    """What the composition root has opened."""

    settings: Settings
    database: Database
    passwords: Passwords
    access_tokens: AccessTokens
    storage: "Storage"
    signer: "UrlSigner"
    workers: "MediaWorkers"
    hub: "Hub"
    session_checks: SessionChecks = field(init=False)
    lookups: Lookups = field(init=False)
    judgements: Judgements = field(init=False)
    sends: GroupedSends = field(init=False)

    def __post_init__(self) -> None:
        # Made anew with each database: what is known of one says nothing of another.
        object.__setattr__(self, "session_checks", SessionChecks(self.database))
        object.__setattr__(self, "lookups", Lookups(self.database))
        judgements = Judgements(self.settings.minimum_age)
        object.__setattr__(self, "judgements", judgements)
        object.__setattr__(self, "sends", GroupedSends(self.database, judgements))

"""Sign-in through the agency's own identity provider (OpenID Connect): authorisation code with PKCE, state and nonce.

The provider says who somebody is and which groups they are in; the unit says which groups are which role.
"""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from quetma import secret, settings
from quetma.access.rights import ROLES
from quetma.store import Store

SECRET = "oidc-secret"  # noqa: S105  (a file of the store's folder)
ALGORITHMS = ["RS256", "ES256"]  # none that shares a key with us, and never "none"
PATIENCE = 10  # seconds


class ProviderError(Exception):
    """Nobody can be signed in so; the message is for the log, and names nobody."""


@dataclass(frozen=True)
class Flow:
    """One way to the provider and back, of one browser."""

    state: str
    nonce: str
    verifier: str
    back: str  # the address the provider sends the browser back to


@dataclass(frozen=True)
class Known:
    """Whom the provider knows. subject: issuer and subject, which are theirs for ever. role: None for none here."""

    subject: str
    name: str
    role: str | None


def configured(store: Store) -> bool:
    """Whether the unit has a provider."""
    return bool(settings.get(store, "oidc_issuer") and settings.get(store, "oidc_client"))


def begin(store: Store, back: str) -> tuple[str, Flow]:
    """The address to send the browser to, and what to remember for when it comes back."""
    flow = Flow(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), back)
    try:
        url, _ = _client(store, flow).create_authorization_url(
            _discovered(store)["authorization_endpoint"],
            state=flow.state,
            code_verifier=flow.verifier,
            nonce=flow.nonce,
        )
    except (AuthlibBaseError, requests.RequestException, KeyError, ValueError) as error:
        raise ProviderError(f"the provider cannot be asked: {type(error).__name__}") from error
    return url, flow


def finish(store: Store, flow: Flow, came: str) -> Known:
    """Who that is. came: the whole address at which the browser came back. Raises `ProviderError`."""
    try:
        found = _discovered(store)
        token = _client(store, flow).fetch_token(
            found["token_endpoint"], authorization_response=came, state=flow.state, code_verifier=flow.verifier,
            timeout=PATIENCE,
        )  # fmt: skip
        claims = _claims(store, found, token["id_token"], flow.nonce)
    except (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError) as error:
        raise ProviderError(f"the provider's answer cannot be used: {type(error).__name__}") from error
    name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])
    return Known(f"{claims['iss']} {claims['sub']}", name, _role(store, claims))


def _claims(store: Store, found: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
    """What a token says that is signed by the provider, for us, now, and for this very way there."""
    keys = KeySet.import_key_set(_get(found["jwks_uri"]))
    claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    own = settings.get(store, "oidc_client")
    registry = jwt.JWTClaimsRegistry(
        leeway=30,
        sub={"essential": True},
        exp={"essential": True},
        aud={"essential": True},
        iss={"essential": True, "value": settings.get(store, "oidc_issuer")},
        nonce={"essential": True, "value": nonce},
    )
    registry.validate(claims)
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if own not in audience or (len(audience) > 1 and claims.get("azp") != own):
        raise ValueError("for somebody else")
    return claims


def _role(store: Store, claims: dict[str, Any]) -> str | None:
    """The role of who is in those groups: the one with the most rights of those that are theirs."""
    told = claims.get(settings.get(store, "oidc_claim"), [])
    groups = {one for one in (told if isinstance(told, list) else str(told).split()) if isinstance(one, str)}
    return next((role for role in ROLES if groups & set(settings.get(store, f"oidc_{role}s"))), None)


def _client(store: Store, flow: Flow) -> OAuth2Session:
    return OAuth2Session(
        settings.get(store, "oidc_client"), secret.read(store.folder / SECRET) or None, scope="openid profile",
        redirect_uri=flow.back, state=flow.state, code_challenge_method="S256",
    )  # fmt: skip


def _discovered(store: Store) -> dict[str, Any]:
    """What the provider says of itself; it must be the one that is meant."""
    issuer = settings.get(store, "oidc_issuer")
    found = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise ValueError("another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not safe(found[name]):
            raise ValueError("not encrypted")
    return found


def safe(address: str) -> bool:
    """Whether an address is encrypted, or of this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


def _get(address: str) -> Any:
    answer = requests.get(address, timeout=PATIENCE, allow_redirects=False)
    answer.raise_for_status()
    return answer.json()

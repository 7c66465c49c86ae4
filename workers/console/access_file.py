"""The file of LEAD_ROUTER_CONSOLE_ACCESS: who may log in to the console, and with which role.

In: a YAML file with the places of tokens and the company's login (OpenID Connect). Out: typed settings, or every problem with
line, key, what was found and what was expected. The file holds no secret: it names variables or files that do.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from workers.notify.secret_sources import Secret
from workers.policy.document import Document, KeyPath, read
from workers.policy.problem import PolicyError, Problem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_FEWEST_CHARACTERS: Final = 24
_DAY_HOURS: Final = 24
_WEEK_HOURS: Final = 7 * _DAY_HOURS
_EXPECTED: Final = {
    "string_type": "a text",
    "dict_type": "keys and values, as {key: value}",
    "model_type": "keys and values, as {key: value}",
    "too_short": "at least one entry",
    "int_parsing": f"1 to {_WEEK_HOURS} hours",
    "greater_than_equal": f"1 to {_WEEK_HOURS} hours",
    "less_than_equal": f"1 to {_WEEK_HOURS} hours",
}


class Role(IntEnum):
    """The rights of a user. A higher role includes the lower ones."""

    LOOK = 1
    """See all pages except dead letters, without names and job titles of leads."""
    ACT = 2
    """See names and job titles of leads too, and report what sales did."""
    ADMIN = 3
    """See dead letters too."""


def _read_role(value: Any) -> Role:
    try:
        return Role[value.upper()]
    except (AttributeError, KeyError):
        raise PydanticCustomError("role", "{expected}", {"expected": "a role: look, act or admin"}) from None


def _check_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise PydanticCustomError(
            "address", "{expected}", {"expected": "an address, as https://leads.company.example"}
        )
    return value.rstrip("/")


RoleName = Annotated[Role, BeforeValidator(_read_role)]
Address = Annotated[str, AfterValidator(_check_address)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Token(_Part):
    """A token with which people log in, for a small team or a screen on a wall."""

    token: Secret
    role: RoleName


class Oidc(_Part):
    """The company's login by OpenID Connect."""

    issuer: Address
    """The address of the provider. Its configuration is below /.well-known/openid-configuration."""
    client_id: str = Field(min_length=1)
    client_secret: Secret
    public_url: Address
    """The address of the console as a browser reaches it. The provider must allow <public_url>/login/back."""
    claim: str = "groups"
    """The claim of the user that names groups or roles: a text or a list of texts."""
    roles: dict[str, RoleName] = Field(min_length=1)
    """The role of each group. Who is in none may not log in."""


class AccessFile(_Part):
    """The whole file. It needs tokens, a login, or both."""

    tokens: dict[str, Token] = Field(default_factory=dict)
    oidc: Oidc | None = None
    session_hours: int = Field(default=12, ge=1, le=_WEEK_HOURS)
    """How long a login lasts. Hours."""


def load_access_file(path: Path) -> AccessFile:
    """Return the settings of a file. Raises PolicyError, which lists every problem."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else "text that is not UTF-8"
        raise PolicyError(
            [Problem(str(path), 1, 1, "", found, "a file with tokens or a login, in UTF-8")]
        ) from None
    document = read(text, str(path), "an access file")
    try:
        file = AccessFile.model_validate(document.tree)
    except ValidationError as error:
        raise PolicyError(
            [_problem(one, document) for one in error.errors(include_url=False, include_input=False)]
        ) from None
    problems = [
        document.make_problem(
            ("tokens", name, "token"),
            "a token that could be guessed",
            f"at least {_FEWEST_CHARACTERS} characters, as `openssl rand -hex 32` makes them",
        )
        for name, one in file.tokens.items()
        if len(one.token.get_secret_value()) < _FEWEST_CHARACTERS
    ]
    if not file.tokens and file.oidc is None:
        problems.append(document.make_problem((), "no way to log in", "the key tokens or oidc"))
    if problems:
        raise PolicyError(problems)
    return file


def _problem(detail: ErrorDetails, document: Document) -> Problem:
    path: KeyPath = detail["loc"]
    if detail["type"] == "extra_forbidden":
        found, expected = f"the unknown key {path[-1]}", "a key of docs/console.md"
        return document.make_problem(path, found, expected, at_key=True)
    if detail["type"] == "missing":
        return document.make_problem(path, "no such key", f"the key {path[-1]}, which is required")
    context = detail.get("ctx", {})
    found = str(context.get("found") or document.describe_value_at(path))
    expected = str(context.get("expected") or _EXPECTED.get(detail["type"], detail["msg"]))
    return document.make_problem(path, found, expected)

"""Loading of the settings and the policy, for the commands and the workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydantic_settings
from pydantic import ValidationError

import workers
from workers.connection_settings import PREFIX
from workers.engine.api import Config
from workers.policy.load import load_policy_file, to_config
from workers.policy.model import Policy
from workers.settings import Settings, SettingsError
from workers.shadow import settings_of_shadow
from workers.sources.mapping_files import load_folder
from workers.sources.mapping_model import Mapping

DEFAULT_POLICY = "default.yaml"


def load_settings(**given: Any) -> Settings:
    """Return the settings.

    Args:
        **given: options of the command line; they override every other source. None means not given.

    Raises:
        SettingsError: a setting is missing or invalid. The text names each one.
    """
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("; ".join(_describe(problem) for problem in error.errors())) from None
    except pydantic_settings.SettingsError as error:
        raise SettingsError(str(error)) from None
    return settings_of_shadow(settings) if settings.shadow else settings


def policy_file(path: Path) -> Path:
    """Return the policy file for a path: the file itself, or a folder's ``default.yaml``.

    A relative path that does not exist is also looked up beside the installed program.
    The default path therefore works from any directory.
    """
    if not path.is_absolute() and not path.exists():
        beside = Path(workers.__file__).parent.parent / path
        path = beside if beside.exists() else path
    return path / DEFAULT_POLICY if path.is_dir() else path


def load_config(path: Path) -> tuple[Policy, Config]:
    """Return the policy of a path, and the form in which the engine carries it in its logs.

    Raises:
        PolicyError: the policy is invalid. The text lists every problem of the file.
    """
    policy, text = load_policy_file(policy_file(path))
    return policy, to_config(policy, text)


def mapped_sources(settings: Settings) -> tuple[Mapping, ...]:
    """Return the mappings of the folder ``sources``. A shadow has none: the production router maps for both.

    Raises:
        MappingError: a mapping is invalid.
    """
    if settings.sources is None or settings.shadow:
        return ()
    return load_folder(settings.sources)


def _describe(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    text = str(problem["msg"]).removeprefix("Value error, ")
    if not where:
        return text
    name = where if where == "KAFKA_BOOTSTRAP" else f"{PREFIX}{where.upper()}"
    return f"{name}: {text}"

"""Load a policy: text to document, document to typed models, then the checks. A policy with a problem is not loaded."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from workers.engine.api import Config
from workers.policy.checks.checks import check_references
from workers.policy.checks.desk_inheritance import inherit_desk_keys
from workers.policy.checks.familiar_forms import correct_familiar_forms
from workers.policy.checks.fit_outweighs_behaviour import check_fit_outweighs_behaviour
from workers.policy.checks.misspelt_keys import correct_misspelt_keys
from workers.policy.checks.partial_policy import Removals, read_partly, validation_context
from workers.policy.checks.refusals import translate_errors
from workers.policy.checks.stages import check_stages
from workers.policy.defaults import fill_defaults
from workers.policy.definitions import fill_definitions
from workers.policy.document import Document, read
from workers.policy.field_words import read_field_words
from workers.policy.model import Policy
from workers.policy.problem import PolicyError, Problem
from workers.policy.table_files import with_tables

__all__ = [
    "PolicyError",
    "Problem",
    "load_held_policy",
    "load_policy",
    "load_policy_file",
    "policy_hash",
    "to_config",
]


def policy_hash(text: str) -> str:
    """Return the first 12 hex digits of the SHA-256 of the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def load_policy(text: str, source: str = "policy") -> Policy:
    """Parse, validate and check a policy. ``source`` is the file name in the errors.

    The same text returns the same object. Raises :class:`PolicyError` with all problems.
    """
    return _load(text, source, is_held=False)


def load_held_policy(text: str, source: str = "policy") -> Policy:
    """Parse a policy that a partition already follows, without the checks that are meant for its author.

    A check that is newer than the policy must not stop the partition. Raises :class:`PolicyError` if it cannot be parsed.
    """
    return _load(text, source, is_held=True)


@lru_cache(maxsize=16)
def _load(text: str, source: str, *, is_held: bool) -> Policy:
    document = read(text, source)
    problems = [] if is_held else [*correct_misspelt_keys(document), *correct_familiar_forms(document)]
    problems += read_field_words(document)
    fill_defaults(document)
    problems += [*inherit_desk_keys(document), *fill_definitions(document)]
    try:
        policy = Policy.model_validate(document.tree, context=validation_context(document, policy_hash(text)))
    except ValidationError as error:
        problems += translate_errors(error, document)
        partial = None if is_held else read_partly(document, error, policy_hash(text))
        if partial is not None:
            problems += _problems_of_the_rest(*partial, document)
        raise PolicyError(problems) from None
    if is_held:
        return policy
    problems += check_references(policy, document)
    problems += check_stages(policy, document)
    problems += check_fit_outweighs_behaviour(policy, document)
    if problems:
        raise PolicyError(problems)
    return policy


def _problems_of_the_rest(policy: Policy, removals: Removals, document: Document) -> list[Problem]:
    """Return the problems of a policy without its refused values, except those that may follow from their removal."""
    found = check_references(policy, document)
    if not removals.changes_numbers:
        found += check_stages(policy, document)
        found += check_fit_outweighs_behaviour(policy, document)
    return [one for one in found if not removals.explain(one)]


def load_policy_file(path: Path) -> tuple[Policy, str]:
    """Load a policy file. Return the policy and its text.

    Raises :class:`PolicyError`, also if the file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) and error.strerror else "text that is not UTF-8"
        raise PolicyError(
            [Problem(str(path), 1, 1, "", found, "a policy file that can be read, in UTF-8")]
        ) from None
    text = with_tables(text, path)
    return load_policy(text, str(path)), text


def to_config(policy: Policy, text: str) -> Config:
    """Return the configuration that the engine records in its log: name, version, hash and text of the policy."""
    return Config(name=policy.name, version=policy.version, hash=policy.hash, text=text)

"""No record waits for a table: what the reading of facts needs is in memory before the first record."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from datetime import timedelta
from functools import _lru_cache_wrapper
from typing import Any

from tests.property.real_life_forms import real_life_forms
from tests.property.test_real_life_forms import KEY, policy_text, replay
from tests.scenarios.story import POLICY
from workers.agents import make_specs
from workers.identity.country_names import read_country
from workers.identity.lookup_tables import load_tables
from workers.identity.phone_numbers import is_same_phone
from workers.identity.region_names import region_key
from workers.policy.load import load_policy, to_config

FORMS = 300
PHONES = ("+1 617 555 0142", "030 1234567", "+44 20 7946 0958", "+81 3 1234 5678", "+55 11 91234 5678")
COUNTRIES = ("US", "DE", "GB", "JP", "BR", "IN", "NG", "AU")


def files_read_by_decisions() -> list[str]:
    """Return the files and modules that decisions over many facts read, after a worker has made its agents."""
    forms = list(real_life_forms("1", FORMS, timedelta(minutes=20)))
    text = policy_text()
    for spec in make_specs(KEY, 1).values():  # a worker makes its hops before the first record
        spec.make_hop(to_config(load_policy(text), text))
    read: list[str] = []

    def note(event: str, args: tuple[Any, ...]) -> None:
        if event in {"open", "import"} and args[0] != str(POLICY):
            read.append(f"{event} {args[0]}")

    sys.addaudithook(note)
    replay(forms)
    for country in COUNTRIES:
        region_key("Bayern", country)
        for phone in PHONES:
            is_same_phone(phone, "030 7654321", country, "DE")
    read_country("Nowhere at all")
    return read


def tables_left_empty() -> list[str]:
    """Return the tables (caches with one entry) of the package that are still empty after the load."""
    load_tables()
    tables = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]
    return [
        f"{one.__module__}.{one.__name__}"
        for one in tables
        if one.__module__.startswith("workers.")
        and one.cache_info().maxsize == 1
        and not one.cache_info().currsize
    ]


def in_a_fresh_process(function: str) -> list[str]:
    code = f"import json; from {__name__} import *; print(json.dumps({function}()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_no_decision_reads_a_file_or_imports_a_module() -> None:
    assert in_a_fresh_process("files_read_by_decisions") == []


def test_every_table_is_filled() -> None:
    assert in_a_fresh_process("tables_left_empty") == []

"""Single rules out of a mapping file."""

import re
from collections.abc import Collection

from crawler.intake.rules import Rule, SkipRule, When
from crawler.intake.toml_sections import Section


def take_fields(columns: Section, known: Collection[str] | None) -> dict[str, tuple[Rule, ...]]:
    """The rules for each field (of those ``known``, if any). A field is a column name, a table, or a list of tables.

    An empty list reads nothing.
    """
    names = [name for name in columns.names() if known is None or name in known]
    fields = {name: take_rules(columns, name) for name in names}
    columns.finish()
    return fields


def take_rules(section: Section, key: str) -> tuple[Rule, ...]:
    """The rules under one key, which must be there."""
    return tuple(map(take_rule, section.take_forms(key)))


def take_rule(section: Section, *, is_id: bool = False) -> Rule:
    """One rule; see ``Rule`` for what the keys mean."""
    rule = Rule(
        columns=section.take_names("column"),
        pattern=section.convert("pattern", compile_pattern),
        absent=frozenset(section.take_names("absent")),
        unit=section.take("unit", str) or "",
        template=section.take("template", str),
        is_optional=section.take("optional", bool) or False,
        is_free_text=section.take("free_text", bool) or False,
        from_name=section.take("from_name", bool) or False,
        from_position=is_id and (section.take("from_position", bool) or False),
        joined=section.take_names("join"),
        value=section.take_any("value", (str, bool)),
        when=take_when(section),
        words=section.take_words("words"),
    )
    places = (rule.columns, rule.joined, rule.from_name, rule.from_position, rule.value is not None)
    if sum(map(bool, places)) != 1:
        raise section.fail("column", "one of column, join, from_name and value is needed")
    if rule.template is not None and "{}" not in rule.template:
        raise section.fail("template", "needs {} where the value goes")
    section.finish()
    return rule


def take_when(section: Section) -> When | None:
    """The condition of a rule."""
    inner = section.take_section("when")
    if inner is None:
        return None
    columns, words = inner.take_names("column"), inner.take_names("is")
    pattern = inner.convert("pattern", compile_search)
    if not columns or not (words or pattern):
        raise inner.fail("is" if columns else "column", "is missing")
    inner.finish()
    return When(columns, frozenset(words), pattern)


def take_skips(top: Section) -> tuple[SkipRule, ...]:
    """The rules for rows that are none."""
    rules = []
    for section in top.take_list("skip"):
        is_empty_row = section.take("empty", bool) or False
        rule = SkipRule(
            section.take_names("column"),
            frozenset(section.take_names("is")),
            section.convert("pattern", compile_search),
            section.require("because"),
        )
        if is_empty_row == bool(rule.columns):
            raise section.fail("column", "one of column and empty is needed")
        if bool(rule.columns) != bool(rule.words or rule.pattern):
            raise section.fail("is", "or pattern goes together with column")
        section.finish()
        rules.append(rule)
    return tuple(rules)


def compile_pattern(text: str) -> re.Pattern[str]:
    """A pattern with exactly one group.

    Raises:
        ValueError: it is no pattern or has another number of groups.
    """
    pattern = compile_search(text)
    if pattern.groups != 1:
        raise ValueError(f"{pattern.groups} groups instead of one")
    return pattern


def compile_search(text: str) -> re.Pattern[str]:
    """A pattern of which only counts whether it matches.

    Raises:
        ValueError: it is no pattern.
    """
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(str(error)) from None

"""Whom cases may have infected: dated rules, the cases' infectious windows, and the chain F0 → F1 → F2 → F3.

    window        [----------------------------)        since ≤ t < until
    F0       ├────┼─────────┤        ├────────┤         stays are clipped to the window; `linger` minutes added after
    F1            ├──┤                                  shares ≥ min_minutes (any time when 0): exposed_at is the start
    F2               ┊        ├──┤                      shares time with an F1 after its exposed_at, before until
    F3                            ├──┤                  the same with an F2

Several F0s are one question: each in their own window, none of them an F1; an F1 counts from the first exposure to any
of them, and infects until the last of them was isolated, or until the F1 was. Everybody stands in the first class only
that they are reached in.

A contact is *seen* when all four ends of the two stays were scanned, *inferred* when one was not (quetma/stays.py), and
*possible* when the person is masked; an F2 is no surer than the F1 they met. QR logs show same place and same time,
never distance or masks: every answer is "suspected, to be verified".
"""

from quetma.tracing.chain import LONGEST_STAY, Stale, Trace, evidence, known, links, possible, suspected, trace
from quetma.tracing.question import Case, Question
from quetma.tracing.rules import Quarantine, Rule, Unanswerable, incubation, quarantine, rule_named, rule_on, rules

__all__ = [
    "LONGEST_STAY",
    "Case",
    "Quarantine",
    "Question",
    "Rule",
    "Stale",
    "Trace",
    "Unanswerable",
    "evidence",
    "incubation",
    "known",
    "links",
    "possible",
    "quarantine",
    "rule_named",
    "rule_on",
    "rules",
    "suspected",
    "trace",
]

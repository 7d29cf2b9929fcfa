"""No set of evidence proves a cause that is not there.

The stories' model says which evidence each cause leaves behind. It is asked for every cause, every
pair and a sample of triples, with an app of either temper, and for each cause with one or two
sources missing. What a rule proves has to be among the causes of the story.
"""

from collections.abc import Iterable
from itertools import combinations
from random import Random

import pytest

from harness.diagnosis.causes import BY_ID, CATALOGUE
from harness.diagnosis.data_evidence import (
    CancelAsked,
    DataRead,
    DataUploaded,
    OnStandin,
    UploadsBegun,
)
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import (
    AssessmentDecision,
    Bundle,
    ConnectApp,
    Consent,
    Delivery,
    EndedByPlatform,
    Evidence,
    ListenerCall,
    ListenerClass,
    ListenerFailed,
    LogLine,
    MigrationMade,
    PageUnread,
    Plugin,
    ProgressPost,
    RefusedDomains,
    RowShown,
    SentElsewhere,
    ServerAway,
    ServerCall,
    TransferMade,
    Triggered,
    UnknownAddress,
)
from harness.diagnosis.facts import HOW_TO_LEARN, PAGE, Facts
from harness.store.layout import JOURNAL, OSGI, PROBE, SERVER_LOG, SITE, UPM

CAUSES = sorted(cause.id for cause in CATALOGUE)
TEMPERS = ((), ("quiet-app",), ("all-events",), ("quiet-app", "all-events"))
"""What differs between runs without being a fault: an app that says nothing before it has its
data; and, of a fault that loses events, whether it loses them all."""
TRIPLES = 600

KINDS: dict[str, tuple[type[Evidence], ...]] = {
    PROBE: (ListenerClass, ListenerCall, UploadsBegun, OnStandin),
    JOURNAL: (
        MigrationMade,
        PageUnread,
        TransferMade,
        Triggered,
        ListenerFailed,
        Delivery,
        SentElsewhere,
        ProgressPost,
        EndedByPlatform,
        ServerCall,
        DataUploaded,
        DataRead,
        CancelAsked,
        UnknownAddress,
    ),
    SITE: (AssessmentDecision, Consent, ConnectApp, RefusedDomains),
    OSGI: (Bundle,),
    UPM: (Plugin,),
    SERVER_LOG: (LogLine,),
    PAGE: (RowShown, PageUnread, ServerAway),
}


def proved(facts: Facts) -> set[str]:
    return {each.cause for each in diagnose(facts) if each.confidence == "proved"}


def without(facts: Facts, sources: Iterable[str]) -> Facts:
    gone = tuple(kind for source in sources for kind in KINDS[source])
    kept = tuple(item for item in facts.items if not isinstance(item, gone))
    return Facts(kept, facts.sources - set(sources))


def present(faults: Iterable[str], temper: tuple[str, ...]) -> set[str]:
    """The causes of a story: a quiet app that never reads its data never posts either.

    A core that failed for an email domain failed, which is all that is known without the domain.
    """
    both = (
        {"cloud-app-never-posted"} if "quiet-app" in temper and "app-never-read" in faults else ()
    )
    core = {"core-migration-failed"} if "email-domain-not-trusted" in faults else ()
    return {*faults, *both, *core}


def accused(story, sets: Iterable[tuple[str, ...]]) -> list[str]:
    """Each innocent cause that a set of faults proves, in words."""
    found = []
    for faults in sets:
        for temper in TEMPERS:
            wrong = proved(story(*faults, *temper)) - present(faults, temper)
            if wrong:
                found.append(f"{' + '.join((*faults, *temper))} proves {', '.join(sorted(wrong))}")
    return found


def test_every_source_has_its_kinds():
    assert set(KINDS) == set(HOW_TO_LEARN)


@pytest.mark.parametrize("temper", TEMPERS, ids="+".join)
def test_a_sound_run_proves_nothing(story, temper):
    assert proved(story(*temper)) == set()


def test_no_single_cause_proves_another(story):
    assert accused(story, [(cause,) for cause in CAUSES]) == []


def test_no_pair_proves_a_third(story):
    assert accused(story, combinations(CAUSES, 2)) == []


def test_no_three_prove_a_fourth(story):
    every = list(combinations(CAUSES, 3))
    sample = Random(16).sample(every, TRIPLES)  # noqa: S311 - has to be repeatable

    assert accused(story, sample) == []


def test_missing_sources_prove_nothing_more(story):
    found = []
    for cause in ("", *CAUSES):
        for temper in TEMPERS[:2]:
            told = story(cause, *temper)
            for gone in [*combinations(KINDS, 1), *combinations(KINDS, 2)]:
                wrong = proved(without(told, gone)) - present([cause], temper)
                found += [f"{cause} without {gone} {temper}: {wrong}"] if wrong else []

    assert found == []


@pytest.mark.parametrize("cause", [each.id for each in CATALOGUE if each.rests_on_silence], ids=str)
def test_silence_alone_makes_nothing_more_than_likely(story, cause):
    """Whichever of the other explanations is open, the cause is likely at most and names it."""
    told = story(cause)
    assert cause in proved(told)

    (found,) = [each for each in diagnose(without(told, [PROBE])) if each.cause == cause]

    assert found.confidence == "likely"
    assert any("it may be listener-threw instead" in each for each in found.missing)


@pytest.mark.parametrize(
    "cause",
    ["listener-still-running", "app-never-read", "cloud-app-never-posted", "never-settled"],
)
def test_a_restart_leaves_the_same_behind_and_accuses_nobody(story, cause):
    told = story(cause)
    assert cause in proved(told)

    unended = [
        item
        for item in told.items
        if not isinstance(item, ListenerCall) or item.outcome == "running"
    ]
    found = diagnose(Facts((*unended, ServerAway()), told.sources))

    assert [each for each in found if each.confidence in ("proved", "likely")] == []


def test_what_a_cause_follows_from_is_in_the_catalogue():
    assert {each for cause in CATALOGUE for each in cause.follows_from} <= set(BY_ID)

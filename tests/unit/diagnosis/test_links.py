"""The links from the click to the row: each cause breaks one, and what lies behind is not a gap."""

from harness.diagnosis.causes import CATALOGUE
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.links import LINKS, gaps, links


def states(facts) -> dict[str, str]:
    return {link.name: link.state for link in links(diagnose(facts))}


def test_every_cause_breaks_exactly_one_link():
    listed = [cause for causes in LINKS.values() for cause in causes]

    assert sorted(listed) == sorted(cause.id for cause in CATALOGUE)


def test_in_a_run_without_faults_every_link_holds(story):
    assert set(states(story()).values()) == {"held"}


def test_the_seeds_bug_breaks_the_last_link_alone(story):
    assert [
        name for name, state in states(story("dev-mode-row-not-updated")).items() if state != "held"
    ] == ["the row shows it"]


def test_what_lies_behind_a_broken_link_is_not_reached(story):
    told = states(story("cloud-key-null"))

    assert told["its listener is there"] == "broken"
    assert told["the cloud app hears of it"] == "not reached"


def test_what_was_not_reached_is_no_gap():
    found = links([proved("feature-flag-off"), unknown("never-settled", "a post")])

    assert gaps(found) == []


def test_what_nobody_looked_at_is_one():
    gap = unknown("feature-flag-off", "the flag")

    assert gaps(links([gap])) == [gap]
    assert links([gap])[0].state == "not known"


def test_a_link_holds_though_one_of_its_causes_is_open():
    found = links([excluded("bundle-not-active"), unknown("package-not-wired", "wiring")])

    assert found[1].state == "held"


def test_a_likely_break_is_told_apart():
    assert links([likely("feature-flag-off")])[0].state == "likely broken"

"""Rules about the cloud app: its webhook, and what it posted."""

from harness.diagnosis import link_names as names
from harness.diagnosis.data_evidence import DataRead, DataUploaded
from harness.diagnosis.evidence import (
    Delivery,
    EndedByPlatform,
    Evidence,
    ProgressPost,
    RowShown,
    SentElsewhere,
    UnknownAddress,
)
from harness.diagnosis.facts import OF_AN_UPLOAD, Facts, with_effect
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.diagnosis.rules.app_data import may_be_cut_off
from harness.store.layout import JOURNAL, PROBE, SITE
from harness.vocabulary.effects import EFFECTIVE, Effect

_ELSEWHERE = (Effect.ANOTHER_APPS_TRANSFER, Effect.UNKNOWN_TRANSFER)
_REFUSED = "refused:"
_TOO_SLOW = "no answer within"
_POSTS_NOTHING = "a Forge app posts no progress"


def webhook_not_registered(facts: Facts) -> Finding:
    """Whether the platform has an address to send to."""
    cause = "webhook-not-registered"
    if sent := facts.of(Delivery):
        return excluded(cause, sent[0])
    apps = [each for each in facts.cloud_apps if each.installed and each.webhook_known]
    if not apps:
        return unknown(cause, *(facts.lacking(SITE, JOURNAL) or ("the app's webhook endpoints",)))
    return excluded(cause, apps[-1]) if apps[-1].webhook else proved(cause, apps[-1])


def forge_environment_differs(facts: Facts) -> Finding:
    """Events for an environment in which the Forge app is not deployed."""
    cause = "forge-environment-differs"
    if elsewhere := facts.of(SentElsewhere):
        return proved(cause, *elsewhere)
    if sent := facts.of(Delivery):
        return excluded(cause, sent[0])
    return unknown(cause, *_nothing_sent(facts))


def webhook_never_acknowledged(facts: Facts) -> Finding:
    """Messages that arrived and were never answered as required."""
    cause = "webhook-never-acknowledged"
    sent = [each for tries in facts.unanswered for each in tries]
    if facts.told and (facts.settled or not sent):
        return excluded(cause, *facts.told)
    if facts.forge and not sent and facts.failed_calls:
        return excluded(cause, *facts.failed_calls, note="its function failed with these calls")
    if not sent:
        return unknown(cause, *_nothing_sent(facts))
    if not any(_was_reached(each) for each in sent):
        missing = "whether the cloud app can be reached at all: no try got as far as an answer"
        return likely(cause, *sent, missing=(missing,))
    return proved(cause, *sent)


def cloud_app_never_posted(facts: Facts) -> Finding:
    """An app that heard and said nothing, in a journal that has everything."""
    cause = "cloud-app-never-posted"
    if posts := facts.of(ProgressPost):
        return excluded(cause, posts[0])
    if not facts.has(JOURNAL):
        return unknown(cause, *facts.lacking(JOURNAL))
    if facts.forge and facts.settled:
        return excluded(cause, facts.settled)
    # A Forge app has nothing to report but uploads.
    heard = facts.data_event if facts.forge else facts.acknowledged
    if heard and (restarted := may_be_cut_off(facts)):
        return unknown(cause, restarted)
    if heard:
        return proved(cause, heard, note=f"the journal has no {_report(facts)} after it")
    missing = ("whether it would have reported: it acknowledged no event of an upload",)
    return unknown(cause, *(missing if facts.forge else _nothing_sent(facts)))


def base_url_wrong(facts: Facts) -> Finding:
    """Addresses that the cloud has, below a base that it does not have."""
    cause = "base-url-wrong"
    if facts.settled:
        return excluded(cause, facts.settled, note="the transfer was settled all the same")
    asked = [each for each in facts.of(UnknownAddress) if each.base]
    if asked:
        posted = any(each.what.startswith("POST") for each in asked)
        return proved(cause, *asked, link=names.REPORTED if posted else names.READ)
    answered = [*facts.of(ProgressPost), *facts.of(DataRead)] or [*facts.told]
    if answered and facts.has(JOURNAL):
        return excluded(cause, *answered[:1], note="no address was asked for below another base")
    return unknown(cause, *(facts.lacking(JOURNAL) or ("the cloud app asked for nothing",)))


def outdated_keys(facts: Facts) -> Finding:
    """Posts whose keys are no longer read."""
    return _swallowed(facts, "outdated-keys", Effect.OUTDATED_KEYS)


def unknown_status(facts: Facts) -> Finding:
    """Posts with a status that does not exist."""
    return _swallowed(facts, "unknown-status", Effect.UNKNOWN_STATUS)


def percent_fell(facts: Facts) -> Finding:
    """Posts below what was reported before."""
    return _swallowed(facts, "percent-fell", Effect.LOWER_PERCENT)


def report_malformed(facts: Facts) -> Finding:
    """Posts that are no report: a field is missing, of the wrong kind or out of range."""
    return _swallowed(
        facts, "report-malformed", Effect.MALFORMED, Effect.TOO_LARGE, Effect.OVER_LIMIT
    )


def settled_without_100(facts: Facts) -> Finding:
    """The percent that the settling post left behind."""
    cause = "settled-without-100"
    if facts.forge:
        return excluded(cause, facts.forge, note=_POSTS_NOTHING)
    taken = with_effect(facts.of(ProgressPost), *EFFECTIVE)
    settling = [post for post in taken if post.effect == Effect.SETTLED]
    if not settling and taken and facts.has(JOURNAL):
        return excluded(cause, taken[-1], note="no post settled the transfer")
    if not settling:
        return unknown(cause, *_no_posts(facts, "no post settled the transfer"))
    percents = [post.percent for post in taken if post.percent is not None]
    if percents and percents[-1] == 100:
        return excluded(cause, settling[-1])
    return proved(cause, settling[-1])


def never_settled(facts: Facts) -> Finding:
    """Posts that were all taken, none of them final."""
    cause = "never-settled"
    if facts.ended:
        return excluded(cause, facts.ended)
    if facts.forge:
        return excluded(cause, facts.forge, note=_POSTS_NOTHING)
    posts = facts.of(ProgressPost)
    if not posts or not facts.has(JOURNAL):
        return unknown(cause, *_no_posts(facts, "the cloud app posted nothing"))
    if len(with_effect(posts, Effect.RECORDED)) < len(posts):
        return unknown(cause, "whether it would have settled: some of its posts had no effect")
    if restarted := may_be_cut_off(facts):
        return unknown(cause, restarted)
    reads = facts.of(DataRead)
    if reads and reads[-1].is_link and reads[-1].ok:
        return unknown(cause, "whether it is at its data still: it has a link that it did not use")
    if facts.of(DataUploaded):
        if not any(each.event in OF_AN_UPLOAD for each in facts.of(Delivery)):
            missing = f"whether it heard of its data: no {OF_AN_UPLOAD[0]} was sent so far"
            return unknown(cause, missing)
    elif lacking := facts.lacking(PROBE):
        # It may be waiting for data that the listener failed to upload.
        return likely(cause, posts[-1], missing=lacking)
    return proved(cause, posts[-1], note="nothing settled the transfer before the journal's end")


def posted_to_another_transfer(facts: Facts) -> Finding:
    """Posts to transfers that are not this migration's."""
    cause = "posted-to-another-transfer"
    posts = facts.of(ProgressPost)
    own = {each.transfer for each in facts.transfers}
    astray = with_effect(posts, *_ELSEWHERE)
    astray += [post for post in posts if own and post.transfer not in own and post not in astray]
    if not astray:
        return excluded(cause, *posts) if posts else _without_posts(facts, cause)
    if settled := [post for post in posts if post.effect == Effect.SETTLED and post not in astray]:
        return excluded(cause, *settled)
    return proved(cause, *astray)


def posted_after_settling(facts: Facts) -> Finding:
    """Posts that came too late."""
    cause = "posted-after-settling"
    posts = facts.of(ProgressPost)
    late = with_effect(posts, Effect.ALREADY_SETTLED)
    if knowing := _knowing_the_end(facts.ended, late):
        return proved(cause, *_with(facts.ended), *knowing)
    if late:
        lost = "the answer to the report that settled it was lost, and it was sent again"
        return excluded(cause, *_with(facts.ended), *late, note=lost)
    return excluded(cause, *posts) if posts else _without_posts(facts, cause)


def _knowing_the_end(ended: Evidence | None, late: list[ProgressPost]) -> list[ProgressPost]:
    """The late posts without those that repeat the settling one until one of them is answered."""
    if not isinstance(ended, ProgressPost) or ended.http:
        return late
    said, unanswered = (ended.status, ended.percent), True
    knowing = []
    for post in late:
        if not unanswered or (post.status, post.percent) != said:
            knowing.append(post)
        unanswered = unanswered and not post.http
    return knowing


def progress_not_authorised(facts: Facts) -> Finding:
    """Posts refused for their token."""
    cause = "progress-not-authorised"
    posts = facts.of(ProgressPost)
    refused = [post for post in posts if post.effect.startswith(_REFUSED)]
    taken = [post for post in posts if not post.effect.startswith(_REFUSED)]
    if refused and facts.settled:
        return excluded(cause, facts.settled, note="the transfer was settled all the same")
    if refused and posts[-1] in refused:
        return proved(cause, *refused)
    return excluded(cause, *taken) if taken else _without_posts(facts, cause)


def transfer_timed_out(facts: Facts) -> Finding:
    """The platform's own end of a transfer."""
    cause = "transfer-timed-out"
    timed_out: list[Evidence] = [
        each for each in facts.of(EndedByPlatform) if each.status == "TIMED_OUT"
    ]
    timed_out += [row for row in facts.of(RowShown) if row.status == "TIMED_OUT"]
    timed_out += with_effect(facts.of(ProgressPost), Effect.EXPIRED)
    if timed_out:
        return proved(cause, *timed_out)
    if facts.settled:
        return excluded(cause, facts.settled)
    if facts.transfers and facts.has(JOURNAL):
        return excluded(cause, facts.transfers[-1], note="the platform has not settled it")
    return unknown(cause, *(facts.lacking(JOURNAL) or ("no transfer was made",)))


def _swallowed(facts: Facts, cause: str, *effects: str) -> Finding:
    posts = facts.of(ProgressPost)
    swallowed = with_effect(posts, *effects)
    if not swallowed:
        return excluded(cause, *posts) if posts else _without_posts(facts, cause)
    if settled := with_effect(posts, Effect.SETTLED):
        return excluded(
            cause, *settled, note="a post that counted settled the transfer all the same"
        )
    return proved(cause, *swallowed)


def _was_reached(tried: Delivery) -> bool:
    return tried.status is not None or tried.reason.startswith(_TOO_SLOW)


def _report(facts: Facts) -> str:
    return "message status" if facts.forge else "progress post"


def _without_posts(facts: Facts, cause: str) -> Finding:
    if facts.forge:
        return excluded(cause, facts.forge, note=_POSTS_NOTHING)
    return unknown(cause, *_no_posts(facts, "no post"))


def _no_posts(facts: Facts, otherwise: str) -> tuple[str, ...]:
    return facts.lacking(JOURNAL) or (otherwise,)


def _nothing_sent(facts: Facts) -> tuple[str, ...]:
    return facts.lacking(JOURNAL) or ("no webhook was sent",)


def _with(item: Evidence | None) -> tuple[Evidence, ...]:
    return () if item is None else (item,)

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from made_run import BEGUN, at

from harness.report.drawing import draw
from harness.report.timeline import History, Moment, Reached, Span


def story(*moments: Moment, minutes: float = 30) -> History:
    row = Span(BEGUN, at(minutes), "READY", "waiting")
    return History(BEGUN, at(minutes), (), (row,), None, False, moments, ("feature on",))


def post(minutes: float, label: str = "SUCCESS 100") -> Moment:
    return Moment("posts", at(minutes), label, label, "good", "journal #1")


def test_the_axis_is_one_for_all() -> None:
    drawn = draw(story(post(0), post(15), post(30)))
    lane = drawn.lanes[0]
    assert [mark.x for mark in lane.marks] == [1.92, 50.0, 98.08]
    assert drawn.rows[0].x == lane.marks[0].x
    assert round(drawn.rows[0].x + drawn.rows[0].width, 2) == lane.marks[2].x


def test_ticks_stand_at_round_times() -> None:
    assert [t.text for t in draw(story()).ticks] == ["10:00", "10:10", "10:20", "10:30"]
    assert [t.text for t in draw(story(minutes=0.2)).ticks][1:3] == ["10:00:05", "10:00:10"]
    days = draw(story(minutes=14 * 24 * 60)).ticks
    assert days[0].text == "03 Jan"


def test_marks_beside_each_other_share_a_label() -> None:
    drawn = draw(story(post(1, "IN_PROGRESS 0"), post(1.2)))
    assert [label.wide for label in drawn.lanes[0].labels] == ["IN_PROGRESS 0 → SUCCESS 100"]
    assert len(drawn.lanes[0].marks) == 2


def test_a_label_near_the_end_stands_before_its_mark() -> None:
    label = draw(story(post(29))).lanes[0].labels[0]
    assert label.anchor == "end"
    assert label.x < draw(story(post(29))).lanes[0].marks[0].x


def test_a_narrow_screen_gets_what_fits() -> None:
    label = draw(story(post(15, "a label of some forty characters or so"))).lanes[0].labels[0]
    assert label.wide == "a label of some forty characters or so"
    assert label.narrow.endswith("…")
    assert len(label.narrow) < 25


def test_very_many_marks_are_thinned_and_the_bad_ones_kept() -> None:
    many = [post(n / 100) for n in range(3000)]
    many[1234] = Moment("posts", many[1234].at, "no", "no", "bad", "journal #1")
    lane = draw(story(*many)).lanes[0]
    assert lane.count == 3000
    assert len(lane.marks) < 200
    assert [mark.tone for mark in lane.marks].count("bad") == 1


@given(
    st.lists(st.tuples(st.floats(0, 60 * 24 * 20), st.text(min_size=0, max_size=40)), max_size=30),
    st.floats(0.01, 60 * 24 * 20),
)
def test_everything_stays_on_the_drawing(marks: list[tuple[float, str]], minutes: float) -> None:
    moments = sorted((post(m, label) for m, label in marks), key=lambda each: each.at)
    end = max([at(minutes), *(m.at for m in moments)], default=BEGUN + timedelta(1))
    row = Span(BEGUN, end, "READY", "waiting")
    drawn = draw(History(BEGUN, end, (), (row,), None, False, tuple(moments), ()))
    assert 1 <= len(drawn.ticks) <= 9
    for lane in drawn.lanes:
        assert all(0 <= mark.x <= 100 for mark in lane.marks)
        for label in lane.labels:
            width = 1.05 * len(label.wide)
            begin = label.x if label.anchor == "start" else label.x - width
            assert begin >= -0.01
            assert begin + width <= 100.01


def test_the_chain_goes_on_to_the_right_and_its_break_says_why() -> None:
    links = (
        Reached("it runs", "held", at(1), "the bundle is ACTIVE"),
        Reached("it is called", "held", None, ""),
        Reached("it returns", "broken", at(20), "listener-threw"),
        Reached("the row shows it", "not reached", None, ""),
    )
    drawn = draw(replace(story(), chain=links))
    one, two, three, four = drawn.chain
    assert one.x == two.x < three.x == four.x
    assert [each.y for each in drawn.chain] == [15, 30, 45, 60]
    assert (three.text, three.anchor) == ("it returns: listener-threw", "end")
    assert (four.state, four.text) == ("not-reached", "the row shows it")
    assert "the bundle is ACTIVE" in one.says

"""What becomes of what was held when the hold ends: decided at once, or sent through the stages again."""

from exportsim.chance import PURPOSES, address, uniform

STOP = "{on: day 0, name: stop, applications: hold}"


def measures(*further):
    return f"[{', '.join([STOP, *further])}]"


REVIEW = "{on: day 9, name: review, applications: open, backlog: review}"


def test_what_was_held_goes_through_the_stages_again_in_order_of_arrival(play):
    """One officer: the second waits for the first, and an order of that day comes after both."""
    play(orders="day 0 1.00\nday 0 2.00\nday 9 3.00", measures=measures(REVIEW)).only(
        "review_started review_ended held measure referred approved"
    ).tells("""
        day 0   measure stop
                x/1 review_started office/desk
        day 1   x/1 review_ended office/desk, held office
                x/2 review_started office/desk
        day 2   x/2 review_ended office/desk, held office
        day 9   measure review
                x/1 referred office, review_started office/desk
                x/2 referred office
        day 10  x/1 review_ended office/desk, approved office 1.00
                x/2 review_started office/desk
        day 11  x/2 review_ended office/desk, approved office 2.00
                x/3 review_started office/desk
        day 12  x/3 review_ended office/desk, approved office 3.00
    """)


def test_decide_is_what_happens_without_a_word(play):
    for backlog in ("", ", backlog: decide"):
        end = f"{{on: day 9, name: end, applications: open{backlog}}}"
        play(measures=measures(end)).only("held measure approved").tells("""
            day 0  measure stop
            day 1  x/1 held office
            day 9  measure end
                   x/1 approved office 100.00
        """)


def test_patience_runs_on(play):
    play("demand: {x: {patience: {review: 9d 12h}}}".replace("9d 12h", "228h"), measures=measures(REVIEW)).only(
        "referred review_ended withdrawn"
    ).tells("""
        day 1        x/1 review_ended office/desk
        day 9        x/1 referred office
        day 9 12:00  x/1 withdrawn review 100.00
        day 10       x/1 review_ended office/desk
    """)


def test_the_luck_of_the_second_round_is_its_own(play):
    """Work and approval are drawn at attempt + 65536."""
    world = "authorities: {office: {approval: 0.5, review: [{stage: desk, officers: 9, work: {uniform: [0d, 2d]}}]}}"
    work = [round(2880 * uniform(1, 0, address("line/x"), n, address("work/desk"), 65537)) for n in range(1, 13)]
    luck = [uniform(1, 0, address("line/x"), n, PURPOSES["approval"], 65537) for n in range(1, 13)]
    found = play(world, orders="day 0 1.00\n" * 12, measures=measures(REVIEW.replace("day 9", "day 20"))).facts()
    decided = {whose: what.split()[0] for _, whose, what in found if what.split()[0] in ("approved", "denied")}
    assert decided == {f"x/{n}": "approved" if u < 0.5 else "denied" for n, u in enumerate(luck, 1)}
    assert len(set(decided.values())) == 2
    ended = [when for when, whose, what in found if whose == "x/1" and what.startswith("review_ended")]
    assert len(ended) == 2
    assert work[0] != round(2880 * uniform(1, 0, address("line/x"), 1, address("work/desk"), 1))


def test_it_may_be_held_again_and_reviewed_again(play):
    again = [
        "{on: day 10, name: stop-2, applications: hold}",
        "{on: day 20, name: end-2, applications: open, backlog: review}",
    ]
    play(measures=measures(REVIEW, *again)).only("measure held referred approved").tells("""
        day 0   measure stop
        day 1   x/1 held office
        day 9   measure review
                x/1 referred office
        day 10  measure stop-2
                x/1 held office
        day 20  measure end-2
                x/1 referred office
        day 21  x/1 approved office 100.00
    """)


def test_case_by_case_comes_after_the_ordinary_stages_of_the_second_round(play):
    world = "authorities: {office: {case_by_case: {review: [{stage: minister, officers: 1, work: 2d}]}}}"
    end = "{on: day 9, name: closer, applications: case_by_case, backlog: review}"
    play(world, measures=measures(end)).only("measure held referred review_started approved").tells("""
        day 0   measure stop
                x/1 review_started office/desk
        day 1   x/1 held office
        day 9   measure closer
                x/1 referred office, review_started office/desk
        day 10  x/1 referred office, review_started office/minister
        day 12  x/1 approved office 100.00
    """)


def test_what_needs_no_permit_any_more_is_decided_at_once(play):
    end = "{on: day 9, name: free, applications: exempt, backlog: review}"
    play(measures=measures(end)).only("held measure referred approved").tells("""
        day 0  measure stop
        day 1  x/1 held office
        day 9  measure free
               x/1 approved office 100.00
    """)


def test_officers_change_in_the_same_act(play):
    """Officers are changed before the backlog is sent through review: none takes it up until there are some."""
    end = "{on: day 9, name: end, applications: open, backlog: review, officers: {desk: 0}}"
    more = "{on: day 12, name: more, officers: {desk: 1}}"
    play(measures=measures(end, more)).only("measure referred review_started").tells("""
        day 0   measure stop
                x/1 review_started office/desk
        day 9   measure end
                x/1 referred office
        day 12  measure more
                x/1 review_started office/desk
    """)


def test_a_review_that_ends_in_the_minute_of_the_act_is_no_backlog(play):
    """Measures come first: it is decided when its review ends, under the new regime."""
    play(orders="day 8 1.00", measures=measures(REVIEW)).only("measure held referred approved").tells("""
        day 0  measure stop
        day 9  measure review
               x/1 approved office 1.00
    """)


def test_in_review_counts_what_is_reviewed_again(play):
    threshold = "{when: {in_review: {above: 1, below: 1}, every: 1d}, name: many, officers: {desk: 1}}"
    play(
        "period: {end: day 12}", orders="day 0 00:01 1.00\nday 0 00:01 2.00", measures=measures(REVIEW, threshold)
    ).only("measure").tells("""
        day 0   measure stop
        day 1   measure many at 2
        day 3   measure many: then nothing at 0
        day 9   measure review
                measure many at 2
        day 12  measure many: then nothing at 0
    """)

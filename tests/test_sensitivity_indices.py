"""Sensitivity indices of functions whose indices are known, by the code that analyses scenarios.

Where intervals are to cover the truth, each index is analysed with many seeds: at 95 % each, so few of its intervals
miss that an honest one would miss more in one of a hundred such tests (binomial, divided by the number of indices).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from SALib.analyze import morris, sobol
from scipy import stats

from exportsim import ExportsimError
from exportsim.plan import Float
from exportsim.study.indices import LEAST, Analysis, Design, analyse, chance, design, ends

NAMES = ("a", "b", "c", "d")
PI = np.pi


def ishigami(units: Float) -> Float:
    """Ishigami and Homma (1990), with 7 and 0.1; a fourth parameter that does nothing."""
    x = PI * (2 * units - 1)
    return (np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))[:, np.newaxis]


def ishigami_truth() -> dict[tuple[str, str, str], float]:
    first, second, third = 0.5 * (1 + 0.1 * PI**4 / 5) ** 2, 49 / 8, 0.01 * PI**8 * (1 / 18 - 1 / 50)
    all_ = first + second + third
    return {
        ("a", "", "first"): first / all_,
        ("b", "", "first"): second / all_,
        ("c", "", "first"): 0.0,
        ("a", "", "total"): (first + third) / all_,
        ("b", "", "total"): second / all_,
        ("c", "", "total"): third / all_,
        ("a", "c", "second"): third / all_,
        ("a", "b", "second"): 0.0,
    }


def g(units: Float) -> Float:
    """Sobol's g-function (Saltelli and Sobol' 1995)."""
    return np.prod((np.abs(4 * units - 2) + G) / (1 + G), axis=1)[:, np.newaxis]


G = np.array([0.0, 1.0, 4.5, 9.0])


def g_truth() -> dict[tuple[str, str, str], float]:
    parts = 1 / (3 * (1 + G) ** 2)
    all_ = np.prod(1 + parts) - 1
    return {(name, "", "first"): part / all_ for name, part in zip(NAMES, parts, strict=True)} | {
        (name, "", "total"): part * np.prod(1 + parts) / (1 + part) / all_
        for name, part in zip(NAMES, parts, strict=True)
    }


def analysed(function: Callable[[Float], Float], planned: Design, what: str = "the outcome") -> Analysis:
    return analyse(function(planned.units), planned, what)


def found(analysis: Analysis) -> dict[tuple[str, str, str], dict[str, float]]:
    table = analysis.convergence
    table = table[table["samples"] == table["samples"].max()]
    return {(row["parameter"], row["other"], row["index"]): row for row in table.to_dict("records")}  # type: ignore[misc]


@pytest.mark.parametrize(("function", "truth"), [(ishigami, ishigami_truth()), (g, g_truth())], ids=["ishigami", "g"])
def test_intervals_cover_the_known_indices(
    function: Callable[[Float], Float], truth: dict[tuple[str, str, str], float]
) -> None:
    seeds = range(20)
    pairs = any(index == "second" for _, _, index in truth)
    covered = dict.fromkeys(truth, 0)
    for seed in seeds:
        rows = found(analysed(function, design(NAMES, "sobol", 64, seed, second_order=pairs)))
        for key, value in truth.items():
            covered[key] += rows[key]["low"] <= value <= rows[key]["high"]
            assert rows[key]["high"] - rows[key]["low"] < 2  # not by being anything
    least = stats.binom.ppf(0.01 / len(truth), len(seeds), 0.95)
    assert all(count >= least for count in covered.values()), covered


def test_with_more_samples_the_indices_come_near_the_known_ones_and_the_intervals_close() -> None:
    analysis = analysed(ishigami, design(NAMES, "sobol", 2048, 3))
    rows = found(analysis)
    for key, value in ishigami_truth().items():
        assert key not in rows or rows[key]["value"] == pytest.approx(value, abs=0.02)
    table = analysis.convergence.assign(width=lambda each: each["high"] - each["low"])
    widths = table[table["parameter"] == "a"].groupby(["index", "samples"])["width"].max().unstack()
    assert widths.columns.tolist() == [256, 512, 1024, 2048]
    assert (widths.loc["total"].diff().dropna() < 0).all()


def test_what_does_nothing_has_indices_of_exactly_zero() -> None:
    rows = found(analysed(ishigami, design(NAMES, "sobol", 64, 0, second_order=True)))
    for key in (("d", "", "first"), ("d", "", "total")):
        assert (rows[key]["value"], rows[key]["low"], rows[key]["high"]) == (0, 0, 0)
    rows = found(analysed(ishigami, design(NAMES, "morris", 16, 0)))
    for index in ("mu_star", "mu", "sigma"):
        assert (rows["d", "", index]["value"], rows["d", "", index]["high"]) == (0, 0)


def problem(low: float, high: float) -> dict[str, object]:
    return {"num_vars": 4, "names": list(NAMES), "bounds": [[low, high]] * 4}


def test_indices_are_those_of_salib() -> None:
    planned = design(NAMES, "sobol", 128, 7, second_order=True)
    theirs = sobol.analyze(problem(0, 1), ishigami(planned.units)[:, 0], seed=1)
    rows = found(analysed(ishigami, planned))
    for k, name in enumerate(NAMES):
        assert rows[name, "", "first"]["value"] == pytest.approx(theirs["S1"][k], abs=1e-12)
        assert rows[name, "", "total"]["value"] == pytest.approx(theirs["ST"][k], abs=1e-12)
        for j in range(k):
            assert rows[NAMES[j], name, "second"]["value"] == pytest.approx(theirs["S2"][j, k], abs=1e-12)
    planned = design(NAMES, "morris", 16, 7)
    theirs = morris.analyze(problem(1 / 8, 7 / 8), planned.units, ishigami(planned.units)[:, 0], seed=1)
    rows = found(analysed(ishigami, planned))
    for k, name in enumerate(NAMES):
        for index in ("mu_star", "mu", "sigma"):
            assert rows[name, "", index]["value"] == pytest.approx(theirs[index][k], abs=1e-12)


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_a_design_is_decided_by_its_seed_and_begins_with_the_shorter_one(method: str) -> None:
    many, few = design(NAMES, method, 64, 0), design(NAMES, method, 16, 0)
    np.testing.assert_array_equal(many.first(16).units, few.units)
    np.testing.assert_array_equal(many.units, design(NAMES, method, 64, 0).units)
    assert (many.units != design(NAMES, method, 64, 1).units).any()
    assert ((many.units > 0) & (many.units < 1)).all()
    # So the convergence's first rows are what the shorter analysis finds.
    table = analysed(ishigami, many).convergence
    own = analysed(ishigami, few).convergence
    cut, whole = table[table["samples"] == 16], own[own["samples"] == 16]
    np.testing.assert_array_equal(cut[["value", "low", "high"]], whole[["value", "low", "high"]])


def test_the_futures_error_is_how_much_other_futures_would_change_an_index() -> None:
    """Each future has a slope of its own. Thirty sets of ten futures: the variance of the index between them is that
    which the errors tell, at 1 % (chi-square)."""
    planned = design(("a", "b"), "sobol", 8, 1)
    random = np.random.default_rng(5)
    values, errors = [], []
    for _ in range(30):
        slopes = 1 + 0.3 * random.normal(size=10)
        row = found(analysed(lambda u, slopes=slopes: u[:, :1] * slopes + u[:, 1:], planned))["a", "", "total"]
        values.append(row["value"])
        errors.append(row["futures_se"])
    ratio = 29 * np.var(values, ddof=1) / np.mean(np.square(errors))
    low, high = stats.chi2.ppf([0.005, 0.995], 29)
    assert low < ratio < high


def test_the_futures_error_of_a_mean_by_hand() -> None:
    """Slopes of 1 and 3 in two futures: the mean's standard error is √2 / √2, which 999 resamples tell to 7 % or so."""
    rows = found(analysed(lambda u: u[:, :1] * [1 / 0.75, 3 / 0.75], design(("a", "b"), "morris", 8, 1)))
    assert rows["a", "", "mu"]["value"] == pytest.approx(2)
    assert rows["a", "", "mu"]["futures_se"] == pytest.approx(1, rel=0.07)


def test_one_future_has_no_such_error_and_equal_ones_have_none() -> None:
    planned = design(NAMES, "morris", 8, 1)
    assert np.isnan(found(analysed(ishigami, planned))["a", "", "mu_star"]["futures_se"])
    equal = analysed(lambda u: np.repeat(ishigami(u), 3, axis=1), planned)
    assert all(row["futures_se"] == pytest.approx(0, abs=1e-12) for row in found(equal).values())
    assert equal.chance == pytest.approx(0, abs=1e-12)


def test_the_share_of_chance_by_hand() -> None:
    """Two points, two futures: 0, 2 and 4, 2. Means 1 and 3: between, 2 · 2 = 4. Residuals ±1: 4 over one degree of
    freedom. So all of it may be chance. And what a future does to all points alike is none of it."""
    planned = design(("a",), "morris", 8, 1).first(1)
    assert chance(planned, np.array([[0.0, 2.0], [4.0, 2.0]])) == 1.0
    assert chance(planned, np.array([[0.0, 7.0], [4.0, 11.0]])) == 0.0
    # Means 1 and 5: between, 2 · 8 = 16; the residuals are as before.
    assert chance(planned, np.array([[0.0, 2.0], [6.0, 4.0]])) == 0.25


def test_either_end_by_hand() -> None:
    """10 a + b: where a is in its lowest fifth it is 0.1 in the mean, and b is a half; so 1.5 and 9.5."""
    planned = design(("a", "b"), "sobol", 1024, 2)
    values = (10 * planned.units[:, 0] + planned.units[:, 1])[:, np.newaxis]
    a, b = ends(planned, values).to_dict("records")
    assert a["low_mean"] == pytest.approx(1.5, abs=0.02) and a["high_mean"] == pytest.approx(9.5, abs=0.02)
    assert a["low_low"] < a["low_mean"] < a["low_high"]
    assert b["difference"] == pytest.approx(0.8, abs=0.3) and b["difference_low"] < 0.8 < b["difference_high"]
    planned = design(("a", "b"), "morris", 64, 2)
    values = np.repeat(planned.units[:, :1], 2, axis=1) * [8, 16]
    a = ends(planned, values).to_dict("records")[0]
    assert (a["low_mean"], a["high_mean"]) == (1.5, 10.5)
    assert a["futures_se"] == pytest.approx(np.std([6, 12], ddof=1) / np.sqrt(2))  # 0.75 · 8 and 0.75 · 16


def test_elementary_effects_of_a_line_are_its_slopes() -> None:
    rows = found(
        analysed(lambda u: (3 * u[:, 0] - 4 * u[:, 1])[:, np.newaxis] / 0.75, design(("a", "b"), "morris", 8, 3))
    )
    assert rows["a", "", "mu"]["value"] == pytest.approx(3) and rows["a", "", "sigma"]["value"] == pytest.approx(0)
    assert rows["b", "", "mu"]["value"] == pytest.approx(-4) and rows["b", "", "mu_star"]["low"] == pytest.approx(4)


def test_futures_with_holes_are_left_out_at_all_points_and_none_left_is_an_error() -> None:
    planned = design(NAMES, "morris", 8, 1)

    def holed(units: Float) -> Float:
        values = ishigami(units) * np.array([1.0, 2.0, 3.0])
        values[5, 0] = np.nan
        return values

    np.testing.assert_array_equal(analysed(holed, planned).values, ishigami(planned.units) * np.array([2.0, 3.0]))

    def hole(units: Float) -> Float:
        values = holed(units)
        values[[7, 9], 1], values[9, 2] = np.nan, np.nan
        return values

    with pytest.raises(
        ExportsimError, match=r"delay is undefined in 4 of 120 plays, at 3 of 40 points; expected at lea"
    ):
        analysed(hole, planned, "delay")


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_what_never_changes_is_said(method: str) -> None:
    planned = design(NAMES, method, 8)
    with pytest.raises(ExportsimError, match=r"exports has the same mean, 0\.3, at all .* no variance"):
        analysed(lambda u: np.full((len(u), 3), 0.1 + 0.2), planned, "exports")


def test_few_values_and_rare_effects_give_numbers() -> None:
    """Few points differ: most resamples do not vary at all."""
    rows = found(analysed(lambda u: (u[:, :1] > 0.93) * 1.0, design(("a", "b"), "sobol", 16, 1)))
    assert all(np.isfinite([row["value"], row["low"], row["high"]]).all() for row in rows.values())


def test_of_an_interrupted_design_the_complete_base_samples_count() -> None:
    planned = design(NAMES, "sobol", 64, 1)
    assert planned.completed(6 * 64).samples == 64
    done = planned.completed(6 * 47)
    np.testing.assert_array_equal(done.units, planned.units[: 6 * 32])
    part, whole = analysed(ishigami, done), analysed(ishigami, planned)
    same = whole.convergence[whole.convergence["samples"] == 32]
    np.testing.assert_array_equal(part.convergence[part.convergence["samples"] == 32]["value"], same["value"])
    assert planned.completed(6 * LEAST - 1).samples == 0
    assert design(NAMES, "morris", 32, 1).completed(5 * 11 + 4).samples == 11


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"method": "sobl"}, "unknown method `sobl`; did you mean `sobol`"),
        ({"samples": 100}, "samples: found 100, expected a power of two, such as 64 or 128"),
        ({"samples": 4}, "samples: found 4, expected a whole number from 8"),
        ({"samples": 1 << 18}, "found 1,572,864 points, expected at most 1,000,000"),
        ({"method": "morris", "second_order": True}, "second_order: found the method `morris`"),
    ],
)
def test_what_cannot_be_laid_out_is_said(asked: dict[str, object], message: str) -> None:
    with pytest.raises(ExportsimError, match=message):
        design(NAMES, **asked)  # type: ignore[arg-type]

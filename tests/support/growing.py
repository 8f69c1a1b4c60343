# ruff: noqa: E501 (a scenario a line is easier to compare with the next)
"""Scenarios that grow in one respect, as text: what reading one costs must not grow much faster than it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable

HEAD = """
exportsim: 1
period: {start: 2016-01-01, end: 2019-12-31}
currency: EUR
"""
OFFICE = "office: {country: CA, review: [{stage: desk, officers: 1, work: 5bd}]}"
MAKER = "maker: {country: CA, authority: office, slots: 1, lead_time: 30d}"
LINE = "{buyer: b, destination: TR, goods: lamps, orders: 1/y, value: 1k, sources: {maker: {}}}"


def scenario(
    *,
    goods: str = "lamps: {}",
    authorities: str = OFFICE,
    suppliers: str = MAKER,
    demand: str = f"x: {LINE}",
    policies: str = "a: {}",
    more: str = "",
) -> str:
    """A small world with some of its parts exchanged."""
    return (
        f"{HEAD}goods: {{{goods}}}\nauthorities: {{{authorities}}}\nsuppliers: {{{suppliers}}}\n"
        f"demand:\n  {{{demand}}}\npolicies:\n  {{{policies}}}\n{more}\n"
    )


def listed(parts: Iterable[str]) -> str:
    """Parts of a list or mapping, each on a line of its own."""
    return ",\n  ".join(parts)


def measures(each: Callable[[int], str], number: int) -> str:
    """A policy of so many measures."""
    return f"a: {{measures: [{listed(each(k) for k in range(number))}]}}"


def days(number: int) -> list[str]:
    """So many days, in order."""
    return [f"{2016 + k // 336}-{k % 336 // 28 + 1:02d}-{k % 28 + 1:02d}" for k in range(number)]


def countries(number: int) -> list[str]:
    """Codes of two capitals, coming again after all of them."""
    return [chr(65 + k // 26 % 26) + chr(65 + k % 26) for k in range(number)]


def _nested(number: int) -> str:
    return "[" * number + "]" * number


GROWING: dict[str, Callable[[int], str]] = {
    "goods": lambda n: scenario(goods=listed(["lamps: {}", *(f"g{k}: {{}}" for k in range(n))])),
    "authorities": lambda n: scenario(
        authorities=listed([OFFICE, *(f"o{k}: {{country: CA}}" for k in range(n))])
    ),
    "suppliers": lambda n: scenario(
        suppliers=listed([MAKER, *(f"s{k}: {{country: TR, slots: 1, lead_time: 1d}}" for k in range(n))])
    ),
    "stages": lambda n: scenario(
        authorities=f"office: {{country: CA, review: [{listed(f'{{stage: s{k}, officers: 1, work: 1d}}' for k in range(n))}]}}"
    ),
    "lines": lambda n: scenario(demand=listed(f"x{k}: {LINE}" for k in range(n))),
    "lines with programmes": lambda n: scenario(
        demand=listed(f"x{k}: {LINE[:-1]}, programmes: {{p{k}: 0.5}}}}" for k in range(n)),
        policies=measures(lambda k: f"{{on: 2017-01-01, applications: deny, programmes: [p{k}]}}", n),
    ),
    "programmes of a line": lambda n: scenario(
        demand=f"x: {LINE[:-1]}, programmes: {{{listed(f'p{k}: {0.5 / n:.9f}' for k in range(n))}}}}}"
    ),
    "sources of a line": lambda n: scenario(
        suppliers=listed([MAKER, *(f"s{k}: {{country: TR, slots: 1, lead_time: 1d}}" for k in range(n))]),
        demand="x: " + LINE.replace("maker: {}", listed(f"s{k}: {{}}" for k in range(n))),
    ),
    "dated rates": lambda n: scenario(
        demand="x: " + LINE.replace("1/y", "{" + listed(f"{day}: 1/y" for day in days(n)) + "}")
    ),
    "values of a distribution": lambda n: scenario(
        demand="x: " + LINE.replace("1k", "{empirical: [" + listed(f"{k + 1}k" for k in range(n)) + "]}")
    ),
    "quantiles": lambda n: scenario(
        demand="x: "
        + LINE.replace("1k", "{empirical: {quantiles: {" + listed(f"{k / n:.6f}: {k + 1}k" for k in range(n)) + "}}}")
    ),
    "holidays": lambda n: scenario(
        authorities=OFFICE[:-1] + ", calendar: {holidays: [" + listed(days(n)) + "]}}"
    ),
    "days besides": lambda n: scenario(
        authorities=OFFICE[:-1]
        + ", calendar: {holidays: {country: CA, also: ["
        + listed(days(2 * n)[:n])
        + "], except: ["
        + listed(days(2 * n)[n:])
        + "]}}}"
    ),
    "weekends": lambda n: scenario(
        authorities=OFFICE[:-1] + ", calendar: {weekend: {" + listed(f"{day}: [sun]" for day in days(n)) + "}}}"
    ),
    "incidents": lambda n: scenario(
        more="incidents: {" + listed(f"i{k}: {{rate: 1/y, window: 1y, exposure: 1M}}" for k in range(n)) + "}"
    ),
    "policies": lambda n: scenario(policies=listed(f"p{k}: {{measures: [{{on: 2017-01-01, applications: deny}}]}}" for k in range(n))),
    "a chain of policies": lambda n: scenario(
        policies=listed(["p0: {}", *(f"p{k + 1}: {{extends: p{k}}}" for k in range(n))])
    ),
    "a circle of policies": lambda n: scenario(
        policies=listed(f"p{k}: {{extends: p{(k + 1) % n}}}" for k in range(n))
    ),
    "a chain that stands on a circle": lambda n: scenario(
        policies=listed(["q: {extends: r}", "r: {extends: q}", "p0: {extends: q}", *(f"p{k + 1}: {{extends: p{k}}}" for k in range(n))])
    ),
    "a chain of policies with measures": lambda n: scenario(
        policies=listed(
            ["p0: {}"]
            + [f"p{k + 1}: {{extends: p{k}, measures: [{{on: {day}, applications: deny}}]}}" for k, day in enumerate(days(n))]
        )
    ),
    "a chain of policies with exceptions": lambda n: scenario(
        policies=listed(
            ["p0: {measures: [{on: 2017-01-01, applications: deny}]}"]
            + [f"p{k + 1}: {{extends: p{k}, except: {{goods: [lamps]}}}}" for k in range(n)]
        )
    ),
    "a chain of policies with one day's measures": lambda n: scenario(
        policies=listed(
            ["p0: {}"]
            + [f"p{k + 1}: {{extends: p{k}, measures: [{{on: 2017-01-01, applications: {('deny', 'hold')[k % 2]}}}]}}" for k in range(n)]
        )
    ),
    "measures": lambda n: scenario(policies=measures(lambda k: f"{{on: {days(k + 1)[k]}, applications: deny}}", n)),
    "measures of one day": lambda n: scenario(policies=measures(lambda k: "{on: 2017-01-01, applications: deny}", n)),
    "measures of one day that differ": lambda n: scenario(
        policies=measures(lambda k: f"{{on: 2017-01-01, applications: {('deny', 'hold')[k % 2]}}}", n)
    ),
    "measures without a name": lambda n: scenario(policies=measures(lambda k: "{on: 2017-01-01, permits: suspended}", n)),
    "thresholds": lambda n: scenario(
        policies=measures(
            lambda k: "{when: {held: {above: 5, below: 1}, every: 7d}, permits: suspended}", n
        )
    ),
    "named measures": lambda n: scenario(
        policies=measures(lambda k: f"{{name: m{k}, on: {days(k + 1)[k]}, applications: deny}}", n)
    ),
    "measures with scopes": lambda n: scenario(
        goods=listed(["lamps: {}", *(f"g{k}: {{}}" for k in range(n))]),
        demand=listed(f"x{k}: {LINE.replace('lamps', f'g{k}')}" for k in range(n)),
        policies=measures(lambda k: f"{{on: 2017-01-01, goods: [g{k}], applications: deny}}", n),
    ),
    "a scope": lambda n: scenario(
        goods=listed(["lamps: {}", *(f"g{k}: {{}}" for k in range(n))]),
        policies=measures(
            lambda k: "{on: 2017-01-01, goods: [" + listed(["lamps", *(f"g{k}" for k in range(n))]) + "], applications: deny}", 1
        ),
    ),
    "exceptions": lambda n: scenario(
        policies=measures(
            lambda k: "{on: 2017-01-01, applications: deny, except: [" + listed(["{goods: [lamps]}"] * n) + "]}", 1
        )
    ),
    "outcomes": lambda n: scenario(
        policies=measures(
            lambda k: "{on: 2017-01-01, outcomes: ["
            + listed([f"{{chance: {1 / n:.12f}, applications: hold}}"] * n)
            + "]}", 1
        )
    ),
    "uncertainties": lambda n: scenario(
        suppliers=listed([MAKER, *(f"s{k}: {{country: TR, slots: 1, lead_time: 1d}}" for k in range(n))]),
        more="uncertainties: {" + listed(f"suppliers.s{k}.slots: [1, 2]" for k in range(n)) + "}",
    ),
    "values of an uncertainty": lambda n: scenario(
        more="uncertainties: {suppliers.maker.slots: [" + listed(str(k + 1) for k in range(min(n, 200))) + "]}"
    ),
    "expectations": lambda n: scenario(
        more="expect: [" + listed(['{outcome: exports, at_least: 0, statement: s}'] * min(n, 100)) + "]"
    ),
    "sources": lambda n: scenario(
        goods="lamps: {source: s0}", more="sources: {" + listed(f"s{k}: a book" for k in range(n)) + "}"
    ),
    "cited sources": lambda n: scenario(
        goods="lamps: {source: [" + listed(f"s{k}" for k in range(n)) + "]}",
        more="sources: {" + listed(f"s{k}: a book" for k in range(n)) + "}",
    ),
    "uses of an alias": lambda n: scenario(
        goods=listed(["lamps: &a {title: lamp}", *(f"g{k}: *a" for k in range(n))])
    ),
    "unknown names": lambda n: scenario(
        goods=listed(["lamps: {}", *(f"goods{k}: {{}}" for k in range(n))]),
        policies=measures(lambda k: "{on: 2017-01-01, goods: [" + listed(f"good-{k}" for k in range(n)) + "], applications: deny}", 1),
    ),
    "unknown sources": lambda n: scenario(
        goods="lamps: {source: [" + listed(f"book-{k}" for k in range(n)) + "]}",
        more="sources: {" + listed(f"books{k}: a book" for k in range(n)) + "}",
    ),
    "unknown keys": lambda n: scenario(goods=listed(f"g{k}: {{titel: x}}" for k in range(n))),
    "unknown keys of one part": lambda n: scenario(goods="lamps: {" + listed(f"titel{k}: x" for k in range(n)) + "}"),
    "keys that come again": lambda n: scenario(goods=listed(["lamps: {}"] * n)),
    "values that cannot be read": lambda n: scenario(goods=listed(f"g{k}: {{title: .nan}}" for k in range(n))),
    "faulty suppliers": lambda n: scenario(
        suppliers=listed([MAKER, *(f"s{k}: {{country: TR, slots: none, lead_time: 1d}}" for k in range(n))])
    ),
    "faulty measures": lambda n: scenario(policies=measures(lambda k: "{on: soon, applications: deny}", n)),
    "destinations": lambda n: scenario(
        demand=listed(f"x{k}: {LINE.replace('TR', code)}" for k, code in enumerate(countries(n))),
        policies=measures(lambda k: "{on: 2017-01-01, destinations: [" + listed(countries(min(n, 676))) + "], applications: deny}", 1),
    ),
    "nesting": lambda n: scenario(goods=f"lamps: {{title: {_nested(1000 + n)}}}"),
    "a long text": lambda n: scenario(goods="lamps: {title: " + listed(["word word word"] * n).replace(",", "") + "}"),
    "comments": lambda n: "# remark\n" * n + scenario(),
    "a long number": lambda n: scenario(demand="x: " + LINE.replace("1k", "1" * n)),
    "wrong text": lambda n: scenario() + "\nx: [" + listed(["a"] * n),
}  # fmt: skip

"""Logarithm, exponential and normal quantile, spelled out in additions, multiplications, divisions and square roots.

IEEE 754 fixes those four to the last bit; it does not fix what a platform's mathematical library makes of ``log`` and
``exp``. Written so, they give the same bits in the interpreter, in Numba, and on every machine, and no library decides
a cent. Each is within a few units in the last place of the true value.
"""

from __future__ import annotations

import math

from exportsim.jit import compiled

LN_2 = 0.6931471805599453
LN_2_HIGH = 0.693147180369123816490  # 33 bits of ln 2, so that a multiple by a small integer is exact
LN_2_LOW = 1.90821492927058770002e-10
SQRT_HALF = 0.7071067811865476


@compiled
def log(x: float) -> float:
    """Natural logarithm of a positive number, by the series of atanh after reduction to [√½, √2)."""
    fraction, exponent = math.frexp(x)
    if fraction < SQRT_HALF:
        fraction *= 2.0
        exponent -= 1
    f = fraction - 1.0
    s = f / (2.0 + f)
    z = s * s
    # log(1 + f) = 2 (s + s³/3 + s⁵/5 + …), |s| ≤ 0.172: eleven terms reach the last bit
    series = 0.0
    for k in range(23, 2, -2):
        series = (series + 1.0 / k) * z
    return exponent * LN_2_HIGH + (exponent * LN_2_LOW + (2.0 * s * series + 2.0 * s))


@compiled
def exp(x: float) -> float:
    """Exponential, by its own series after reduction to |r| ≤ ½ ln 2. Zero below -700, held at exp(700) above."""
    if x < -700.0:
        return 0.0
    x = min(x, 700.0)
    k = math.floor(x / LN_2 + 0.5)
    r = (x - k * LN_2_HIGH) - k * LN_2_LOW
    series = 1.0
    for n in range(15, 0, -1):
        series = 1.0 + series * r / n
    return math.ldexp(series, int(k))


@compiled
def normal_quantile(u: float) -> float:
    """The standard normal value that is not exceeded with probability ``u``.

    Wichura (1988), algorithm AS 241, routine PPND16; relative accuracy about 1e-16.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        above = 2509.0809287301226727
        above = above * r + 33430.575583588128105
        above = above * r + 67265.770927008700853
        above = above * r + 45921.953931549871457
        above = above * r + 13731.693765509461125
        above = above * r + 1971.5909503065514427
        above = above * r + 133.14166789178437745
        above = above * r + 3.3871328727963666080
        below = 5226.4952788528545610
        below = below * r + 28729.085735721942674
        below = below * r + 39307.895800092710610
        below = below * r + 21213.794301586595867
        below = below * r + 5394.1960214247511077
        below = below * r + 687.18700749205790830
        below = below * r + 42.313330701600911252
        below = below * r + 1.0
        return q * above / below
    r = math.sqrt(-log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        above = 7.74545014278341407640e-4
        above = above * r + 0.0227238449892691845833
        above = above * r + 0.241780725177450611770
        above = above * r + 1.27045825245236838258
        above = above * r + 3.64784832476320460504
        above = above * r + 5.76949722146069140550
        above = above * r + 4.63033784615654529590
        above = above * r + 1.42343711074968357734
        below = 1.05075007164441684324e-9
        below = below * r + 5.47593808499534494600e-4
        below = below * r + 0.0151986665636164571966
        below = below * r + 0.148103976427480074590
        below = below * r + 0.689767334985100004550
        below = below * r + 1.67638483018380384940
        below = below * r + 2.05319162663775882187
        below = below * r + 1.0
    else:
        r -= 5.0
        above = 2.01033439929228813265e-7
        above = above * r + 2.71155556874348757815e-5
        above = above * r + 0.00124266094738807843860
        above = above * r + 0.0265321895265761230930
        above = above * r + 0.296560571828504891230
        above = above * r + 1.78482653991729133580
        above = above * r + 5.46378491116411436990
        above = above * r + 6.65790464350110377720
        below = 2.04426310338993978564e-15
        below = below * r + 1.42151175831644588870e-7
        below = below * r + 1.84631831751005468180e-5
        below = below * r + 7.86869131145613259100e-4
        below = below * r + 0.0148753612908506148525
        below = below * r + 0.136929880922735805310
        below = below * r + 0.599832206555887937690
        below = below * r + 1.0
    value = above / below
    return -value if q < 0.0 else value

"""Logarithm, exponential and normal quantile, spelled out in additions, multiplications, divisions and square roots.

IEEE 754 fixes those four to the last bit; it does not fix what a platform's mathematical library makes of ``log`` and
``exp``. Written so, they give the same bits in the interpreter, in Numba, and on every machine, and no library decides
a cent. Each is within a few units in the last place of the true value.
"""

from __future__ import annotations

import math

import numpy as np

from exportsim.jit import bits_of, inlined, inlined_part, real_of

LN_2 = 0.6931471805599453
LN_2_HIGH = 0.693147180369123816490  # 33 bits of ln 2, so that a multiple by a small integer is exact
LN_2_LOW = 1.90821492927058770002e-10
SQRT_HALF = 0.7071067811865476
LEAST_NORMAL = 2.0**-1022
FRACTION_BITS, HALF_EXPONENT = 52, 1022  # of a double: the width of its fraction, the exponent field of ½
FRACTION = (1 << FRACTION_BITS) - 1
EXPONENT = (1 << 11) - 1  # all bits of an exponent field

# A double from 2⁵² to 2⁵³ has the whole numbers from 0 to 2⁵² in its fraction, and from 1.5 · 2⁵² on there is room for
# negative ones: so whole numbers become real and the other way round by an addition, of which a processor does several
# at a time, as it does not of conversions.
WHOLE, SIGNED_WHOLE = 2.0**52, 1.5 * 2.0**52
WHOLE_BITS, SIGNED_WHOLE_BITS = 1075 << FRACTION_BITS, (1075 << FRACTION_BITS) | (1 << (FRACTION_BITS - 1))


@inlined_part
def as_real(number: int) -> float:
    """A whole number from 0 to 2⁵² − 1 as a real one."""
    return real_of(WHOLE_BITS | number) - WHOLE


@inlined_part
def as_whole(number: float) -> int:
    """The nearest whole number to a real one from 0 to 2⁵¹, the higher of two."""
    return bits_of(np.floor(number + 0.5) + WHOLE) & FRACTION


@inlined_part
def polynomial(
    x: float, c0: float, c1: float, c2: float, c3: float, c4: float, c5: float, c6: float, c7: float
) -> float:
    """c0 + c1 x + ... + c7 x^7, in the order of Estrin (1960), which a processor works on at several places at once."""
    x2 = x * x
    return ((c0 + c1 * x) + x2 * (c2 + c3 * x)) + (x2 * x2) * ((c4 + c5 * x) + x2 * (c6 + c7 * x))


@inlined
def log(x: float) -> float:
    """Natural logarithm of a positive number, by the series of atanh after reduction to [√½, √2)."""
    exponent = -HALF_EXPONENT
    if x < LEAST_NORMAL:
        x *= 2.0**64
        exponent -= 64
    bits = bits_of(x)
    exponent += bits >> FRACTION_BITS
    fraction = real_of((bits & FRACTION) | (HALF_EXPONENT << FRACTION_BITS))  # from ½ to 1
    if fraction < SQRT_HALF:
        fraction *= 2.0
        exponent -= 1
    f = fraction - 1.0
    s = f / (2.0 + f)
    z = s * s
    # log(1 + f) = 2 (s + s³/3 + s⁵/5 + …), |s| ≤ 0.172: eleven terms reach the last bit
    z4 = (z * z) * (z * z)
    last = (1 / 19 + (1 / 21) * z) + (1 / 23) * (z * z)
    series = z * (polynomial(z, 1 / 3, 1 / 5, 1 / 7, 1 / 9, 1 / 11, 1 / 13, 1 / 15, 1 / 17) + (z4 * z4) * last)
    twos = real_of(SIGNED_WHOLE_BITS + exponent) - SIGNED_WHOLE
    return twos * LN_2_HIGH + (twos * LN_2_LOW + (2.0 * s * series + 2.0 * s))


@inlined
def exp(x: float) -> float:
    """Exponential, by its own series after reduction to |r| ≤ ½ ln 2. Zero below -700, held at exp(700) above."""
    low = x < -700.0
    x = -700.0 if low else (x if x < 700.0 else 700.0)
    k = np.floor(x * (1.0 / LN_2) + 0.5)
    r = (x - k * LN_2_HIGH) - k * LN_2_LOW
    # 1 + r + r²/2! + …: the term of r¹⁴ is below the last bit
    r4 = (r * r) * (r * r)
    last = ((1 / 40320 + (1 / 362880) * r) + (r * r) * (1 / 3628800 + (1 / 39916800) * r)) + r4 * (
        1 / 479001600 + (1 / 6227020800) * r
    )
    series = polynomial(r, 1.0, 1.0, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040) + (r4 * r4) * last
    twos = real_of(((bits_of(k + SIGNED_WHOLE) + HALF_EXPONENT + 1) & EXPONENT) << FRACTION_BITS)  # 2ᵏ
    return 0.0 if low else series * twos


@inlined
def normal_quantile(u: float) -> float:
    """The standard normal value that is not exceeded with probability ``u``.

    Wichura (1988), algorithm AS 241, routine PPND16; relative accuracy about 1e-16. All three of its parts are
    worked out and one is chosen, so that nothing is decided on the way and a processor works on several at a time.
    """
    q = u - 0.5
    r = 0.180625 - q * q
    above = polynomial(
        r, 3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
        45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
    )  # fmt: skip
    below = polynomial(
        r, 1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
        21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
    )  # fmt: skip
    above_middle, below_middle = q * above, below
    tail = math.sqrt(-log(u if q < 0.0 else 1.0 - u))
    r = tail - 1.6
    above = polynomial(
        r, 1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4,
    )  # fmt: skip
    below = polynomial(
        r, 1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
        0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    )  # fmt: skip
    above_near, below_near = above, below
    r = tail - 5.0
    above = polynomial(
        r, 6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
        0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    )  # fmt: skip
    below = polynomial(
        r, 1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    )  # fmt: skip
    above, below = (above_near, below_near) if tail <= 5.0 else (above, below)
    above = -above if q < 0.0 else above
    above, below = (above_middle, below_middle) if abs(q) <= 0.425 else (above, below)
    return above / below

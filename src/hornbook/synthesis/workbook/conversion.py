"""One number written or seen in another way: bases, bits, divisors."""

from __future__ import annotations

from hornbook.synthesis.workbook.family import Parameters, Sketch, Topic, body

TOPIC = Topic("bits and conversion")
NUMBER = {"n": ("n", "number", "value")}


@TOPIC.family(known=False, base=range(2, 10), width=(3, 4, 5, 6, 8))
def in_base(p: Parameters) -> Sketch:
    base, width = p["base"], p["width"]

    def reference(n: int) -> str:
        digits = []
        while n >= base:
            digits.append(str(n % base))
            n //= base
        digits.append(str(n))
        return "".join(reversed(digits)).rjust(width, "0")

    return Sketch(
        names=("in_base", "to_base", "digits_of"),
        arguments=NUMBER,
        signature="($n: int) -> str",
        wordings=(
            f"Write $n, which is not negative, in base {base}, filled with zeros on the left to {width} digits.",
            f"Return the digits of $n >= 0 in base {base}, with leading zeros to a length of {width}.",
            f"Convert the non-negative $n to base {base}, padded with zeros to {width} places.",
        ),
        bodies=(
            body(f"""
                digits = ""
                while $n > 0:
                    digits = str($n % {base}) + digits
                    $n //= {base}
                return digits.zfill({width})
            """),
            body(f"""
                digits = []
                while $n > 0:
                    $n, digit = divmod($n, {base})
                    digits.insert(0, str(digit))
                return "".join(digits).rjust({width}, "0")
            """),
        ),
        reference=reference,
        inputs=lambda rng: [(0,), (base,), (base**3 - 1,), (base**9,), (rng.randint(10, 500),)],
    )


@TOPIC.family(known=False, bit=range(0, 12), way=("set", "cleared", "flipped"))
def change_bit(p: Parameters) -> Sketch:
    bit, way = p["bit"], p["way"]
    short = {"set": "$n | {}", "cleared": "$n & ~{}", "flipped": "$n ^ {}"}[way]

    def reference(n: int) -> int:
        digits = list(reversed(f"{n:016b}"))
        digits[bit] = {"set": "1", "cleared": "0", "flipped": "10"[int(digits[bit])]}[way]
        return int("".join(reversed(digits)), 2)

    return Sketch(
        names=("change_bit", "with_bit", "edit_bits"),
        arguments=NUMBER,
        signature="($n: int) -> int",
        wordings=(
            f"Return $n with bit {bit} {way}, where bit 0 is the lowest.",
            f"Bits are counted from 0 at the lowest one. Return $n with bit {bit} {way}.",
            f"Return the number $n after its bit {bit}, counted from the lowest as 0, is {way}.",
        ),
        bodies=(f"return {short.format(f'(1 << {bit})')}", f"return {short.format(2**bit)}"),
        reference=reference,
        inputs=lambda rng: [(0,), (4095,), (2**bit,), (2**bit + 4096,), (rng.randint(1, 4000),)],
    )


@TOPIC.family(known=False, start=range(6, 360, 12), part=("gcd", "lcm"))
def common_divisor(p: Parameters) -> Sketch:
    start, part = p["start"], p["part"]
    said = "greatest common divisor" if part == "gcd" else "least common multiple"

    def reference(xs: list[int]) -> int:
        numbers = [start, *xs]
        if part == "gcd":
            return max(d for d in range(1, min(numbers) + 1) if all(n % d == 0 for n in numbers))
        return next(m for m in range(start, 10**9, start) if all(m % n == 0 for n in numbers))

    return Sketch(
        names=("common", "shared_number", "fold_numbers"),
        arguments={"xs": ("numbers", "values", "items")},
        signature="($xs: list[int]) -> int",
        wordings=(
            f"Return the {said} of {start} and all positive numbers in $xs.",
            f"All $xs are positive. Compute the {said} of them and {start}.",
            f"Find the {said} of {start} and the positive $xs.",
        ),
        bodies=(
            f"return math.{part}({start}, *$xs)",
            body(f"""
                result = {start}
                for x in $xs:
                    result = math.{part}(result, x)
                return result
            """),
        ),
        reference=reference,
        inputs=lambda rng: [([],), ([4, 6],), ([start],), ([rng.randint(1, 12), 9],)],
        imports="import math\n\n\n",
    )

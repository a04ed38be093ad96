"""Dates, clocks and calendars."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from hornbook.synthesis.workbook.family import Parameters, Sketch, Topic, body

TOPIC = Topic("dates")
DAY = {"d": ("day", "start", "today")}
IMPORTS = "from datetime import date, timedelta\n\n\n"
DATE_ONLY = "from datetime import date\n\n\n"
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def days(rng: random.Random) -> list[tuple[Any, ...]]:
    first = date(2020, 1, 1)
    picked = [first + timedelta(days=rng.randint(0, 3000)) for _ in range(3)]
    return [(d,) for d in (*picked, date(2024, 2, 28), date(2023, 12, 31))]


@TOPIC.family(days=range(2, 122), way=("after", "before"))
def shift_day(p: Parameters) -> Sketch:
    count, way = p["days"], p["way"]
    sign = "+" if way == "after" else "-"
    return Sketch(
        names=("shift_day", "other_day", "move_date"),
        arguments=DAY,
        signature="($d: date) -> date",
        wordings=(
            f"Return the date {count} days {way} $d.",
            f"Compute the date that is {count} days {way} $d.",
            f"Return the day which comes {count} days {way} $d.",
        ),
        bodies=(
            f"return $d {sign} timedelta(days={count})",
            f"change = timedelta(days={count})\nreturn $d {sign} change",
        ),
        reference=lambda d: date.fromordinal(d.toordinal() + (count if way == "after" else -count)),
        inputs=days,
        imports=IMPORTS,
    )


@TOPIC.family(weekday=range(7), count=range(2, 9), rest=("other", "no", "another day"))
def weekday_later(p: Parameters) -> Sketch:
    weekday, count, rest = p["weekday"], p["count"], p["rest"]
    name = NAMES[weekday]
    when = f"the date {count} days after $d"
    code = f"($d + timedelta(days={count})).weekday() == {weekday}"
    return Sketch(
        names=("name_if_weekday", "weekday_check", "falls_on"),
        arguments=DAY,
        signature="($d: date) -> str",
        wordings=(
            f'Return "{name}" if {when} is a {name}, else "{rest}".',
            f'Return "{name}" when {when} falls on a {name} and "{rest}" otherwise.',
            f'Check if {when} is a {name}: return "{name}" or "{rest}".',
        ),
        bodies=(
            body(f"""
                if {code}:
                    return "{name}"
                return "{rest}"
            """),
            f'return "{name}" if {code} else "{rest}"',
        ),
        reference=lambda d: name if (d.toordinal() + count - 1) % 7 == weekday else rest,
        inputs=lambda rng: [
            *(
                (date(2024, 3, 4) + timedelta(days=7 * rng.randint(0, 9) + weekday - count + k),)
                for k in (0, 0, 1, 3)
            ),
            (date(2023, 12, 31),),
        ],
        imports=IMPORTS,
    )


@TOPIC.family(hours=range(2, 14), minutes=range(5, 60, 5))
def clock(p: Parameters) -> Sketch:
    hours, minutes = p["hours"], p["minutes"]
    later = f"{hours} hours and {minutes} minutes"
    plus = hours * 60 + minutes
    return Sketch(
        names=("clock_after", "later_time", "add_time"),
        arguments={"h": ("hour", "h"), "m": ("minute", "m")},
        signature="($h: int, $m: int) -> str",
        wordings=(
            f"The clock shows $h and $m. Return the time {later} later as HH:MM on a clock of 24 hours.",
            f"Return the time {later} after $h:$m, written as HH:MM.",
            f"Add {later} to the time $h:$m and return it as HH:MM, 24 hours a day.",
        ),
        bodies=(
            body(f"""
                total = ($h * 60 + $m + {hours} * 60 + {minutes}) % 1440
                return f"{{total // 60:02d}}:{{total % 60:02d}}"
            """),
            body(f"""
                total = ($h + {hours}) * 60 + $m + {minutes}
                total = total % 1440
                return f"{{total // 60:02d}}:{{total % 60:02d}}"
            """),
        ),
        reference=lambda h, m: "{:02}:{:02}".format(*divmod((h * 60 + m + plus) % 1440, 60)),
        inputs=lambda rng: [(0, 0), (23, 59), (rng.randint(0, 23), rng.randint(0, 59)), (12, 30)],
    )


@TOPIC.family(known=False, month=range(1, 13), day=range(1, 29, 9))
def days_until(p: Parameters) -> Sketch:
    month, day = p["month"], p["day"]

    def reference(d: date) -> int:
        return next(
            n for n in range(400) if ((x := d + timedelta(days=n)).month, x.day) == (month, day)
        )

    return Sketch(
        names=("days_until", "days_left", "wait_for"),
        arguments=DAY,
        signature="($d: date) -> int",
        wordings=(
            f"Return the number of days from $d to the next date with month {month} and day {day}, 0 if $d is that date.",
            f"How many days after $d is it month {month}, day {day} again? Return 0 if it is so on $d.",
            f"Count the days from $d until the month is {month} and the day is {day}; 0 if they are so already.",
        ),
        bodies=(
            body(f"""
                target = date($d.year, {month}, {day})
                if target < $d:
                    target = date($d.year + 1, {month}, {day})
                return (target - $d).days
            """),
            body(f"""
                year = $d.year if $d <= date($d.year, {month}, {day}) else $d.year + 1
                return (date(year, {month}, {day}) - $d).days
            """),
        ),
        reference=reference,
        inputs=lambda rng: [*days(rng)[:3], (date(2023, month, day),), (date(2022, 12, 31),)],
        imports=DATE_ONLY,
    )

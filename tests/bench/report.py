# SPDX-License-Identifier: ISC
"""report.py - how are the figures printed?"""

import statistics

judging = True  # not in a quick run


class Rounds:
    """Figures of several rounds: of a subject and a quantity, in order."""

    def __init__(self):
        self.found = {}

    def add(self, subject, **quantities):
        for name, value in quantities.items():
            self.found.setdefault((subject, name), []).append(value)

    def all(self, subject, quantity):
        return self.found.get((subject, quantity), [])

    def median(self, subject, quantity):
        """None where it was not measured."""
        values = self.all(subject, quantity)
        return statistics.median(values) if values else None

    def ratios(self, subject, other, quantity):
        """Of each round for itself: what the machine does meanwhile is the
        same for both."""
        return [a / b for a, b in zip(self.all(subject, quantity),
                                      self.all(other, quantity))]


def heading(text):
    print(f"\n== {text}", flush=True)


def number(value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(columns, rows):
    """rows: (name, value for each column)."""
    rows = [(name, *map(number, values)) for name, *values in rows]
    widths = [max(map(len, column)) for column in zip(("", *columns), *rows)]
    for name, *values in (("", *columns), *rows):
        print(f"{name:{widths[0]}}" +
              "".join(f"  {value:>{width}}" for value, width
                      in zip(values, widths[1:])))


def aim_text(value, most, least):
    """most, or least: a number; or words, which the reader judges by."""
    if isinstance(most, str):
        return f"aim: {most}"
    if most is not None:
        text, met = f"aim <= {number(most)}", value <= most
    elif least is not None:
        text, met = f"aim >= {number(least)}", value >= least
    else:
        return "no aim"
    if judging:
        text += ": met" if met else ": not met"
    return text


def line(name, value, most=None, unit="", spread=(), least=None):
    """One figure with its aim; spread: the values it is the median of."""
    text = f"{number(value)}{unit}"
    if len(spread) > 1:
        text += f" ({number(min(spread))} to {number(max(spread))})"
    print(f"{name:70}  {text:22}  "
          f"{aim_text(value, most, least)}", flush=True)


def ratio(rounds, subject, other, quantity, what, most=None, least=None):
    """Of a subject to another one, "A : B"; nothing if it was not
    measured."""
    values = rounds.ratios(subject, other, quantity)
    if values:
        line(f"{what}, {subject} : {other}", statistics.median(values), most,
             spread=values, least=least)

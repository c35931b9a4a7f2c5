"""Numbers as people read them: shares in percent, intervals in brackets, small p as powers."""

from reasoner.types.report import Rate


def percent(share: float) -> str:
    """0.412 -> `41.2%`."""
    return f"{100 * share:.1f}%"


def points(difference: float) -> str:
    """0.518 -> `+51.8 points`."""
    return f"{100 * difference:+.1f} points"


def interval(ci95: tuple[float, float]) -> str:
    """A 95% interval in percent or points, without the sign: `[37.3, 45.2]`."""
    return f"[{100 * ci95[0]:.1f}, {100 * ci95[1]:.1f}]"


def rate(value: Rate) -> str:
    """`41.2% [37.3, 45.2]`."""
    return f"{percent(value.accuracy)} {interval(value.ci95)}"


def probability(p: float | None) -> str:
    """Four decimals, or a power of ten where they would say too little."""
    if p is None:
        return "-"
    return f"{p:.4f}" if p >= 0.001 else f"{p:.1e}"


def dollars(usd: float) -> str:
    """Cents, or more digits where cents would hide a cost."""
    return f"${usd:.2f}" if usd == 0 or usd >= 0.01 else f"${usd:.6f}"


def duration(seconds: float) -> str:
    """`4.2 s`, `3 min 05 s` or `2 h 07 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"

from harness.cloud.clock import PlatformClock, iso


def test_platform_time_runs_at_its_rate() -> None:
    wall = [0.0]
    clock = PlatformClock(300, lambda: wall[0], lambda: 1000.0)
    assert clock.now() == 1_000_000
    wall[0] = 2.0
    assert clock.now() == 1_600_000
    clock.set(5_000_000, 10)
    wall[0] = 3.0
    assert clock.now() == 5_010_000
    assert clock.wall_seconds_until(5_020_000) == 1.0
    assert clock.wall_seconds_until(5_000_000) == 0.0


def test_iso() -> None:
    assert iso(1_702_530_783_417) == "2023-12-14T05:13:03.417+00:00"
    assert iso(0) == "1970-01-01T00:00:00.000+00:00"

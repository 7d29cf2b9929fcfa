"""A stand-in that shows its set-up wizard is brought up by the same steps as a real image."""

from harness.cases import app
from harness.drivers.confluence.session import who_am_i
from harness.engines.ready import Ready
from harness.environment.bring_up import StackPlan, bring_up
from harness.environment.stack import CONFLUENCE
from harness.lifecycle.runs import Run
from harness.settings import Settings
from harness.support import assets


def test_the_wizard_is_passed_on_the_way_up(ready: Ready, harness_run: Run) -> None:
    told: list[str] = []
    stack = bring_up(
        Settings(standin_setup="wizard"),
        ready,
        harness_run,
        StackPlan(app.load(assets.sample_app("charts")), "3.9.6", name="wizard"),
        progress=told.append,
    )
    try:
        (line,) = [line for line in told if "set-up wizard" in line]
        assert "licence, deployment type, database choice, content, user management" in line
        with stack.client() as client:
            assert who_am_i(client) == "admin"
        config = stack.running[CONFLUENCE].read("home", "confluence.cfg.xml").decode()
        assert "<setupStep>complete</setupStep>" in config
    finally:
        stack.close()

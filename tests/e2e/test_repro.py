"""The seed's bug on the version that has it, and its absence on the one that has not."""

from harness_command import SEED, Command


def test_the_bug_and_its_absence_stand_side_by_side(command: Command) -> None:
    done = command.run(
        *("repro", str(SEED), "--case", "dev-mode", "--before", "3.1.7", "--after", "3.9.6")
    )
    assert done.returncode == 0, done.stderr
    head, *rest = done.stdout.splitlines()
    assert head.split() == ["before:", "CCMA", "3.1.7", "after:", "CCMA", "3.9.6"]
    assert any("READY" in line for line in rest)
    assert any("COMPLETE 100 %" in line for line in rest)
    pictures = [line.removeprefix("screenshot: ") for line in rest if "screenshot: " in line]
    assert len([name for name in pictures if (command.folder / name).is_file()]) == 2
    (page,) = command.folder.glob("build/runs/*/repro.html")
    assert page.read_text().count("<img") == 2


def test_a_version_without_the_bug_does_not_reproduce_it(command: Command) -> None:
    done = command.run("repro", str(SEED), "--case", "dev-mode", "--before", "3.9.6")
    assert done.returncode == 1, done.stderr
    assert "NOT as stated: the bug should show" in done.stdout

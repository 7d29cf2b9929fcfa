"""JUnit XML of a run, for the pages of CI systems."""

from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from harness.report.safe_text import shown
from harness.store.results import Results


def write(results: Results, path: Path) -> None:
    """Writes the results as one test suite; a known bug is a skipped test, with its reason."""
    totals = results.totals
    suite = Element(
        "testsuite",
        name="harness",
        tests=str(len(results.cases)),
        failures=str(totals["failed"] + totals["fixed"]),
        errors=str(totals["error"]),
        skipped=str(totals["known-bug"]),
        time=f"{results.seconds:.3f}",
        timestamp=results.started.isoformat(),
    )
    for case in results.cases:
        seconds = f"{case.seconds.get('total', 0):.3f}"
        test = SubElement(suite, "testcase", classname="harness", name=case.id, time=seconds)
        kind = {"failed": "failure", "fixed": "failure", "error": "error", "known-bug": "skipped"}
        if case.verdict in kind:
            SubElement(test, kind[case.verdict], message=shown(case.reason), type=case.verdict)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)

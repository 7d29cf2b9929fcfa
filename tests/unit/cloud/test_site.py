from pathlib import Path

import pytest

from harness.cloud.site import load_site


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("spaces: [{name: DS}]", "spaces.0.key"),
        ("spces: []", "spces"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_site_file_is_one_line(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=problem) as caught:
        load_site(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)

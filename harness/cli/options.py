"""Options that several verbs take."""

from pathlib import Path
from typing import Annotated

import typer

Engine = Annotated[str | None, typer.Option(help="auto, docker or local")]
Confluence = Annotated[str | None, typer.Option(help="an image name, or `standin`")]
Ccma = Annotated[str | None, typer.Option(help="CCMA version where a case does not say")]
TimeScale = Annotated[float | None, typer.Option(help="server seconds per wall second")]
LicenceFile = Annotated[
    Path | None, typer.Option("--licence-file", help="file with a licence for a real image")
]
Golden = Annotated[str | None, typer.Option(help="golden home to begin with")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON document")]

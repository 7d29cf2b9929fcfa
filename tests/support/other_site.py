"""A page of another site, whose script tries what a browser lets it try at the doors of others."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import BrowserContext

PAGE = """<!doctype html><title>another site</title>
<script>
const tries = TRIES;
const results = {};
async function attempt({url, method, mode, body, headers}) {
  const options = {method, mode, headers, credentials: "include"};
  if (body !== "") options.body = body;
  try {
    const answer = await fetch(url, options);
    return answer.type + " " + await answer.text();
  } catch (error) { return error.name; }
}
function post({url, body}, number) {
  const frame = document.createElement("iframe");
  frame.name = "answer" + number;
  document.body.appendChild(frame);
  const form = document.body.appendChild(document.createElement("form"));
  Object.assign(form, {action: url, method: "post", enctype: "text/plain", target: frame.name});
  const input = form.appendChild(document.createElement("input"));
  [input.name, input.value] = [body || '{"a', body ? "" : '":1}'];
  return new Promise((done) => { frame.onload = () => done("sent"); form.submit(); });
}
addEventListener("load", async () => {
  for (const [number, each] of tries.entries()) {
    results[each.name] = each.mode === "form" ? await post(each, number) : await attempt(each);
  }
  document.title = "done";
});
</script><body></body>"""


@dataclass(frozen=True)
class Try:
    """One request of the page.

    Attributes:
        name: what it tries.
        mode: that of `fetch`, or `form` for a form that is sent into a frame.
    """

    name: str
    url: str
    method: str = "GET"
    mode: str = "cors"
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def tried(context: BrowserContext, folder: Path, tries: Sequence[Try]) -> dict[str, str]:
    """What came of each request, by its name.

    `opaque ` is an answer that the page may not read, `TypeError` a request that the browser did
    not make or whose answer it kept, `sent` a form's.
    """
    page_text = PAGE.replace("TRIES", json.dumps([asdict(each) for each in tries]))
    (folder / "index.html").write_text(page_text)
    with _served(folder) as url:
        page = context.new_page()
        page.goto(url)
        page.wait_for_function("document.title === 'done'")
        results: dict[str, str] = page.evaluate("results")
        page.close()
    return results


class _Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

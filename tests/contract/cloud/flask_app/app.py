"""A Connect app on Flask and the public package atlassian-jwt; nothing in it knows of a stub.

python app.py PORTS_FILE KEYS_URL
"""

import json
import ssl
import sys
import threading
from pathlib import Path
from typing import Any

import atlassian_jwt
import httpx
import jwt
from flask import Flask, Response, request
from werkzeug.serving import make_server

KEY = "charts-for-confluence"
MIGRATION = "/rest/atlassian-connect/1/migration"

ports_file, keys_url = sys.argv[1:]
app = Flask(__name__)
installs: dict[str, dict[str, Any]] = {}
site = httpx.Client(verify=ssl.create_default_context(), trust_env=False, timeout=10)
base_url = ""


class Sites(atlassian_jwt.Authenticator):
    def get_shared_secret(self, client_key: str) -> str:
        return str(installs[client_key]["sharedSecret"])


@app.get("/atlassian-connect.json")
def descriptor() -> dict[str, Any]:
    return {
        "key": KEY,
        "name": "Charts on Flask",
        "baseUrl": base_url,
        "authentication": {"type": "jwt"},
        "lifecycle": {"installed": "/installed"},
        "cloudAppMigration": {"migrationWebhookPath": "/migration"},
    }


@app.post("/installed")
def installed() -> Response:
    """Takes an install that is signed with a key of the install-keys host, as Connect asks."""
    token = request.headers["Authorization"].removeprefix("JWT ")
    key = site.get(f"{keys_url}/{jwt.get_unverified_header(token)['kid']}").text
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=base_url)
    if claims["qsh"] != atlassian_jwt.url_utils.hash_url("POST", "/installed"):
        return Response("qsh", 401)
    installs[claims["iss"]] = request.get_json()
    return Response(status=200)


@app.post("/migration")
def migration() -> Response:
    try:
        client_key, _ = Sites().authenticate("POST", "/migration", request.headers)
    except (jwt.InvalidTokenError, KeyError):
        return Response("token", 401)
    # An event has to be acknowledged at once; the work comes after.
    event = request.get_json()
    threading.Thread(target=work, args=(installs[client_key], event)).start()
    return Response(status=200)


def work(install: dict[str, Any], event: dict[str, Any]) -> None:
    def call(method: str, path: str, body: Any = None) -> Any:
        url = f"{MIGRATION}{path}"
        token = atlassian_jwt.encode_token(method, url, KEY, install["sharedSecret"])
        headers = {"Authorization": f"JWT {token}"}
        answer = site.request(method, f"{install['baseUrl']}{url}", headers=headers, json=body)
        answer.raise_for_status()
        return answer.json()

    transfer = event["transferId"]
    if event["eventType"] == "listener-triggered":
        call("POST", f"/progress/{transfer}", {"status": "IN_PROGRESS", "percent": 0})
    if event["eventType"] == "app-data-uploaded":
        charts = site.get(call("GET", f"/data/{event['s3Key']}")["url"]).json()["charts"]
        pages = [str(chart["pageId"]) for chart in charts]
        query = "?namespace=confluence%3Apage"
        found = call("POST", f"/mapping/{transfer}/find{query}", pages)
        message = f"{len(found)} of {len(pages)} pages found"
        body = {"status": "SUCCESS", "percent": 100, "message": message}
        call("POST", f"/progress/{transfer}", body)


server = make_server("127.0.0.1", 0, app, threaded=True)
base_url = f"http://127.0.0.1:{server.server_port}"
Path(f"{ports_file}.new").write_text(json.dumps({"http": server.server_port}))
Path(f"{ports_file}.new").replace(ports_file)
server.serve_forever()

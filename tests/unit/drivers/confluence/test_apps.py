import httpx
import pytest
from recorded import (
    KEY,
    PENDING,
    RESOURCE,
    TOKEN,
    accepted,
    client,
    json_answer,
    plugin,
    task,
    task_error,
)

from harness.drivers.confluence import apps, upm
from harness.errors import BadInput, DriverError, WaitTimedOut

ROOT = "/rest/plugins/1.0/"
SEE_PLUGIN = httpx.Response(303, headers={"location": f"/wiki{RESOURCE}"})


def test_the_whole_way_of_an_upload(make_jar):
    http, recorded = client(
        {
            f"GET {ROOT}": TOKEN,
            f"POST {ROOT}": accepted(),
            f"GET {PENDING}": [task("downloading"), task("installing"), SEE_PLUGIN],
            f"GET {RESOURCE}": [httpx.Response(404), plugin(enabled=False), plugin()],
        }
    )
    app = apps.install(http, make_jar())
    assert (app.key, app.version, app.enabled, app.user_installed) == (KEY, "1.0.0", True, True)
    assert [(module.key, module.enabled) for module in app.modules] == [
        ("listener", True),
        ("macro", True),
    ]
    asked = recorded.sent(f"GET {ROOT}")[0]
    assert asked.headers["accept"] == "application/vnd.atl.plugins.installed+json"
    assert asked.url.params["os_authType"] == "basic"
    upload = recorded.sent(f"POST {ROOT}")[0]
    assert upload.url.params["token"] == "-6789"
    assert b'name="plugin"; filename="charts.jar"' in upload.content
    assert upload.headers["x-atlassian-token"] == "no-check"
    # links.self is server-relative and has the context path already: it is not doubled
    assert str(recorded.sent(f"GET {PENDING}")[0].url) == f"http://confluence.test/wiki{PENDING}"


@pytest.mark.parametrize(
    "end",
    [
        task("complete", done=True),
        plugin(),
        json_answer(200, {"key": KEY, "enabled": True}),
        json_answer(
            200,
            {"key": KEY, "type": "x", "status": {"done": False}},
            content_type="application/vnd.atl.plugins.plugin+json",
        ),
        httpx.Response(404),
        SEE_PLUGIN,
    ],
    ids=["done", "plugin+json", "no type member", "plugin+json with a type", "forgotten", "303"],
)
def test_each_known_end_of_a_task(make_jar, end):
    http, _ = client(
        {
            f"GET {ROOT}": TOKEN,
            f"POST {ROOT}": accepted(),
            f"GET {PENDING}": end,
            f"GET {RESOURCE}": plugin(),
        }
    )
    assert apps.install(http, make_jar()).key == KEY


def test_the_location_header_serves_where_there_is_no_link(make_jar):
    answer = httpx.Response(
        202, json={"type": "INSTALL", "status": {"done": False}}, headers={"location": PENDING}
    )
    http, recorded = client(
        {
            f"GET {ROOT}": TOKEN,
            f"POST {ROOT}": answer,
            f"GET {PENDING}": SEE_PLUGIN,
            f"GET {RESOURCE}": plugin(),
        }
    )
    apps.install(http, make_jar())
    assert recorded.sent(f"GET {PENDING}")


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (task_error("The plugin could not be resolved"), "could not be resolved.*Default"),
        (task_error(None, "upm.pluginInstall.error.unrecognised.plugin.version"), "unrecognised"),
        (task_error(None), "an error without a message"),
        (task_error("Signature check failed!"), "signature.check.disabled=true"),
        (task_error("Plugins cannot be installed via upload"), "upm.plugin.upload.enabled=true"),
    ],
)
def test_a_failed_task_is_no_success_although_it_was_202(make_jar, end, says):
    http, recorded = client(
        {f"GET {ROOT}": TOKEN, f"POST {ROOT}": accepted(), f"GET {PENDING}": end}
    )
    with pytest.raises(DriverError, match=f"(?s){says}"):
        apps.install(http, make_jar())
    assert recorded.sent(f"GET {RESOURCE}") == []


def test_upload_switched_off_names_the_fix(make_jar):
    refused = httpx.Response(403, text="Plugins cannot be installed via upload")
    http, _ = client({f"GET {ROOT}": TOKEN, f"POST {ROOT}": refused})
    with pytest.raises(DriverError, match=r"-Dupm\.plugin\.upload\.enabled=true"):
        apps.install(http, make_jar())


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(401), "force.allow=true"),
        (httpx.Response(403), "Wrong password, not an administrator"),
        (httpx.Response(302, headers={"location": "/login.action"}), "Wrong password"),
        (httpx.Response(200, json={}), "UPM is missing"),
        (httpx.Response(404), "UPM is missing"),
        (httpx.Response(500), "broken or not ready"),
        (httpx.Response(503, headers={"upm-token": "1"}), "broken or not ready"),
    ],
)
def test_no_token_is_classified(make_jar, answer, says):
    http, recorded = client({f"GET {ROOT}": answer})
    with pytest.raises(DriverError, match=says):
        apps.install(http, make_jar())
    assert recorded.sent(f"POST {ROOT}") == []


def test_a_busy_upm_is_waited_for_with_a_token_for_each_try(make_jar):
    http, recorded = client(
        {
            f"GET {ROOT}": TOKEN,
            f"POST {ROOT}": [httpx.Response(409), accepted()],
            f"GET {PENDING}": SEE_PLUGIN,
            f"GET {RESOURCE}": plugin(),
        }
    )
    apps.install(http, make_jar())
    assert len(recorded.sent(f"GET {ROOT}")) == 2


def test_a_task_without_end_is_a_time_out_with_its_stage(make_jar):
    http, _ = client(
        {f"GET {ROOT}": TOKEN, f"POST {ROOT}": accepted(), f"GET {PENDING}": task("installing")}
    )
    with pytest.raises(WaitTimedOut, match=r"install\.installing"):
        apps.install(http, make_jar(), within=0.2)


def test_an_app_that_stays_disabled_is_an_error(make_jar):
    http, _ = client(
        {
            f"GET {ROOT}": TOKEN,
            f"POST {ROOT}": accepted(),
            f"GET {PENDING}": SEE_PLUGIN,
            f"GET {RESOURCE}": plugin(enabled=False),
        }
    )
    with pytest.raises(DriverError, match="modules off: listener, macro"):
        apps.install(http, make_jar(), within=1)


def test_nothing_is_sent_for_what_is_no_plugin(tmp_path):
    http, recorded = client({})
    with pytest.raises(BadInput):
        apps.install(http, tmp_path / "missing.jar")
    assert recorded.requests == []


def test_find():
    http, _ = client({f"GET {RESOURCE}": [plugin(), httpx.Response(404), httpx.Response(500)]})
    assert apps.find(http, KEY) is not None
    assert apps.find(http, KEY) is None
    with pytest.raises(DriverError, match="HTTP 500"):
        apps.find(http, KEY)


def test_only_what_was_added_is_listed():
    body = {"plugins": [{"key": "a", "userInstalled": True}, {"key": "b", "userInstalled": False}]}
    http, _ = client({f"GET {ROOT}": json_answer(200, body)})
    assert [app.key for app in apps.user_installed(http)] == ["a"]


def test_uninstalling_lasts_until_it_is_gone():
    http, recorded = client(
        {
            f"DELETE {RESOURCE}": [httpx.Response(409), httpx.Response(204)],
            f"GET {RESOURCE}": [plugin(), plugin(enabled=False), httpx.Response(404)],
        }
    )
    apps.uninstall(http, KEY)
    assert len(recorded.sent(f"GET {RESOURCE}")) == 3


def test_uninstalling_what_is_not_there_is_no_error():
    http, recorded = client({f"DELETE {RESOURCE}": httpx.Response(404)})
    apps.uninstall(http, KEY)
    assert len(recorded.requests) == 1


def test_what_does_not_go_away_is_a_time_out():
    http, _ = client({f"DELETE {RESOURCE}": httpx.Response(204), f"GET {RESOURCE}": plugin()})
    with pytest.raises(WaitTimedOut, match="to be gone"):
        apps.uninstall(http, KEY, within=0.1)


def test_reinstalling_sees_the_old_one_gone_before_it_uploads(make_jar):
    http, recorded = client(
        {
            f"GET {ROOT}": TOKEN,
            f"POST {ROOT}": accepted(),
            f"GET {PENDING}": SEE_PLUGIN,
            f"DELETE {RESOURCE}": httpx.Response(204),
            f"GET {RESOURCE}": [plugin(), httpx.Response(404), plugin(version="1.0.0")],
        }
    )
    apps.reinstall(http, make_jar())
    methods = [request.method for request in recorded.requests]
    assert methods == ["DELETE", "GET", "GET", "GET", "POST", "GET", "GET"]


def test_enable_and_disable_use_the_documented_type():
    http, recorded = client(
        {
            f"PUT {RESOURCE}": httpx.Response(200),
            f"GET {RESOURCE}": [plugin(), plugin(enabled=False)],
        }
    )
    assert not apps.set_enabled(http, KEY, False).enabled
    sent = recorded.sent(f"PUT {RESOURCE}")[0]
    assert sent.headers["content-type"] == "application/vnd.atl.plugins.plugin+json"
    assert sent.content.replace(b" ", b"") == b'{"enabled":false}'


def test_a_module_is_switched_by_its_own_resource():
    path = f"{RESOURCE}/modules/macro-key"
    http, recorded = client({f"PUT {path}": httpx.Response(200), f"GET {RESOURCE}": plugin()})
    assert apps.set_module_enabled(http, KEY, "macro", True).name == "Chart macro"
    sent = recorded.sent(f"PUT {path}")[0]
    assert sent.headers["content-type"] == "application/vnd.atl.plugins.plugin.module+json"


def test_a_refusal_carries_upms_own_reason():
    http, _ = client({f"PUT {RESOURCE}": json_answer(404, {"message": "no such plugin"})})
    with pytest.raises(DriverError, match="no such plugin"):
        apps.set_enabled(http, KEY, True)


def test_a_licence_is_sent_but_never_shown():
    path = f"{RESOURCE}/license"
    answer = {
        "valid": True,
        "licenseType": "DEVELOPER",
        "maximumNumberOfUsers": 10,
        "rawLicense": "AAAB-secret",
    }
    http, recorded = client(
        {
            f"PUT {path}": json_answer(200, answer),
            f"GET {path}": [
                json_answer(200, answer),
                httpx.Response(404),
                json_answer(200, {"pluginKey": KEY, "valid": False}),
            ],
            f"DELETE {path}": httpx.Response(204),
        }
    )
    found = apps.set_licence(http, KEY, "AAAB-secret")
    assert (found.valid, found.kind, found.users) == (True, "DEVELOPER", 10)
    assert "secret" not in repr(found)
    assert recorded.requests[0].headers["content-type"] == "application/vnd.atl.plugins+json"
    assert apps.licence(http, KEY) == found
    assert apps.licence(http, KEY) is None
    assert apps.licence(http, KEY) is None
    apps.remove_licence(http, KEY)


def test_an_invalid_licence_is_an_error_without_the_licence():
    path = f"{RESOURCE}/license"
    http, _ = client({f"PUT {path}": json_answer(200, {"valid": False, "error": "EXPIRED"})})
    with pytest.raises(DriverError, match="EXPIRED") as caught:
        apps.set_licence(http, KEY, "AAAB-secret")
    assert "secret" not in str(caught.value)


def test_safe_mode_is_switched_once_and_read_back():
    path = f"{ROOT}safe-mode"
    http, recorded = client(
        {
            f"GET {path}": [
                json_answer(200, {"enabled": False}),
                json_answer(200, {"enabled": True}),
            ],
            f"PUT {path}": httpx.Response(200),
        }
    )
    apps.set_safe_mode(http, True)
    sent = recorded.sent(f"PUT {path}")[0]
    assert sent.url.params["keepState"] == "false"
    assert sent.headers["content-type"] == "application/vnd.atl.plugins.safe.mode.flag+json"
    apps.set_safe_mode(http, True)
    assert len(recorded.sent(f"PUT {path}")) == 1


def test_a_plugins_own_address_is_awaited_through_404_and_503():
    http, _ = client({"GET /p": [httpx.Response(404), httpx.Response(503), httpx.Response(200)]})
    assert apps.await_address(http, "/p").status_code == 200


def test_an_address_that_a_stand_in_lacks_is_not_waited_for():
    http, recorded = client({"GET /p": httpx.Response(501)})
    assert apps.await_address(http, "/p").status_code == 501
    assert len(recorded.sent("GET /p")) == 1


def test_the_suffix_is_added_once_and_dots_survive():
    assert upm.resource_of("com.x.y") == "/rest/plugins/1.0/com.x.y-key"
    assert upm.resource_of("a-key") == "/rest/plugins/1.0/a-key-key"
    assert upm.key_in("http://h/wiki/rest/plugins/1.0/com.x.y-key") == "com.x.y"
    assert upm.key_in("/wiki/rest/plugins/1.0/pending/1") is None


def test_json_is_taken_out_of_a_textarea_or_as_it_is():
    assert upm.strip_textarea('<textarea rows="1">{&quot;a&quot;: "&lt;"}</textarea>') == (
        '{"a": "<"}'
    )
    assert upm.strip_textarea(' {"a": 1}\n') == '{"a": 1}'

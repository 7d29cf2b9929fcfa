from harness.drivers.confluence.pages import query_value, read_page

PAGE = """<!doctype html><html><head><title> Set up
 Confluence </title><style>.x{}</style></head><body id="top">
<h1>Load <em>content</em></h1><script>var a = "<form>";</script>
<form action="setupdata.action?x=1&amp;y=2" method="POST">
<input type="hidden" name="atl_token" value="tok&amp;1">
<input name="plain" value="v"><input type="checkbox" name="off">
<input type="checkbox" name="on" checked>
<input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
<select name="s"><option value="a">A<option value="b" selected>B</select>
<select name="t"><option value="first">1</option><option value="second">2</option></select>
<textarea name="note" id="note">two
lines</textarea>
<input type="submit" name="dbchoiceSelect" value="Empty Site">
<button name="go" value="1">Go</button>
<button type="button" name="no">No</button><input type="file" name="upload">
</form><p>Then <a href="/x?featureKey=a%2Eb">Remove</a></p></body></html>"""


def test_a_form_is_read_as_a_browser_would_send_it():
    form = read_page(PAGE).forms[0]
    assert form.action == "setupdata.action?x=1&y=2"
    assert form.method == "post"
    assert form.fields == {
        "atl_token": "tok&1",
        "plain": "v",
        "on": "on",
        "r": "2",
        "s": "b",
        "t": "first",
        "note": "two\nlines",
    }
    assert form.buttons == {"dbchoiceSelect": "Empty Site", "go": "1"}
    assert {"off", "upload", "no"} <= form.controls


def test_title_token_ids_and_texts():
    page = read_page(PAGE)
    assert page.title == "Set up Confluence"
    assert page.token == "tok&1"
    assert page.ids == {"top", "note"}
    assert page.texts[0].heading
    assert [text.text for text in page.texts[-2:]] == ["Then", "Remove"]
    assert "var" not in " ".join(text.text for text in page.texts)


def test_the_token_of_a_page_without_a_form():
    assert read_page('<meta id="atlassian-token" name="x" content="t1">').token == "t1"
    assert read_page('<input type="hidden" id="atlassian-token" value="t2">').token == "t2"


def test_a_form_is_found_by_a_control():
    page = read_page(PAGE)
    assert page.form_with("dbchoiceSelect") is page.forms[0]
    assert page.form_with("username") is None


def test_broken_html_is_read_as_far_as_it_goes():
    page = read_page('<form action="a"><input name=x value=1><textarea name=t>unclosed')
    assert page.forms[0].fields == {"x": "1", "t": "unclosed"}
    assert read_page("").forms == ()


def test_query_values_are_decoded():
    assert query_value("/x?featureKey=a%2Eb&k=", "featureKey") == "a.b"
    assert query_value("/x", "featureKey") is None


def test_what_a_page_marks_as_an_error():
    page = read_page(
        "<div id='x-error'>Not <b>valid</b><br></div><p class='error'>Twice<p>not this"
        "<span class='aui-message-error'>third</span><span>nor this</span>"
    )
    assert page.errors[:2] == ("Not", "valid")
    assert page.errors[2] == "Twice"
    assert "nor this" not in read_page("<span class=error>a</span><span>nor this</span>").errors

from harness.drivers.browser.dashboard import parse_logs


def test_a_progress_log_is_read_by_its_own_header():
    text = '\ufeffTime,Level,Message\r\n2025,INFO,"status update, 40 %"\r\n2024,INFO,started\r\n'
    assert parse_logs(text) == [
        {"Time": "2025", "Level": "INFO", "Message": "status update, 40 %"},
        {"Time": "2024", "Level": "INFO", "Message": "started"},
    ]
    assert parse_logs("") == []

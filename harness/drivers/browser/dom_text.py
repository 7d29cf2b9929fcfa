"""An element's texts, piece by piece: an app's name and its key are two pieces, however shown."""

from playwright.sync_api import Locator

PIECES = """(element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.parentElement.closest('script, style, template, option')) continue;
        const text = node.textContent.replace(/\\s+/g, ' ').trim();
        if (text) found.push(text);
    }
    return found;
}"""
"""A script that returns an element's text nodes in order, without those of drop-downs."""


def texts_of(locator: Locator) -> tuple[str, ...]:
    """Return the text pieces of the one element that the locator matches."""
    return tuple(locator.evaluate(PIECES))

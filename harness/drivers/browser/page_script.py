"""The script that reads a whole page at one moment, as data.

A page changes while it is read, so no result may combine two readings: the block's rows and the
proof that this is the plan's page, fully drawn, come from one run of the script.
It decides nothing; `harness.drivers.browser.page_state` does.
"""

from harness.drivers.browser.dom_text import PIECES
from harness.drivers.browser.page_activity import ACTIVITY

BLOCK = "App migration progress"

_TAKE = (
    """(query) => {
    const plain = (text) => (text || '').replace(/\\s+/g, ' ').trim();
    const fold = (text) => plain(text).toLowerCase();
    const visible = (element) => element.checkVisibility
        ? element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})
        : element.getClientRects().length > 0;
    const pieces = """
    + PIECES
    + """;
    const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
    const follows = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
    const isFurniture = (element) => element.closest('nav, header, footer, [role=navigation]');

    const HEADING = 'h1,h2,h3,h4,h5,h6,[role=heading]';
    const headings = all(HEADING).filter(visible);
    const level = (h) =>
        Number(h.getAttribute('aria-level') || /^H(\\d)$/.exec(h.tagName)?.[1] || 2);

    // The title is a heading; else a caption or the like; else the label of the open tab.
    const says = (element) =>
        element.textContent.length < 200 && fold(element.textContent) === fold(query.block);
    const title = headings.find(says)
        || all('caption,legend,summary,dt,strong,b,p,div,span,label').reverse()
            .find((e) => says(e) && visible(e) && !e.closest('a,button,[role=tab],nav'))
        || all('[role=tab][aria-selected=true]').find((e) => says(e) && visible(e))
        || null;
    const panel = title && title.matches('[role=tab]')
        && document.getElementById(title.getAttribute('aria-controls'));
    const table = title && title.closest('table');
    const depth = title && title.matches(HEADING) ? level(title) : 7;
    const next = title
        && headings.find((h) => h !== title && follows(title, h) && level(h) <= depth);
    const inBlock = (element) => {
        if (!title) return false;
        if (panel) return panel.contains(element);
        if (table) return table.contains(element);
        return Boolean(follows(title, element)) && !(next && (next === element
            || next.contains(element) || follows(next, element)));
    };

    const CELLS = 'th,td,[role=columnheader],[role=rowheader],[role=cell],[role=gridcell]';
    const isHeader = (cell) => cell.getAttribute('role') === 'columnheader'
        || (cell.tagName === 'TH' && cell.scope !== 'row');
    const lines = all('tr,[role=row]').filter((row) => inBlock(row) && visible(row))
        .map((row) => ({row, cells: all(CELLS, row)})).filter((line) => line.cells.length);
    const isHead = (line) => line.cells.every(isHeader);
    const head = lines.find(isHead);
    const rows = lines.filter((line) => !isHead(line));
    const marks = (row) => [row, ...all('*', row)].flatMap((e) =>
        [...e.attributes].filter((a) => a.name.startsWith('data-') || a.name === 'title')
            .map((a) => a.value));
    const isStatus = (text) => query.statuses.includes(
        (text.replace(/\\d{1,3}\\s*%/, '').toUpperCase().match(/[A-Z0-9]+/g) || []).join('_'));
    const hasStatus = (row) => pieces(row).some(isStatus);
    const settled = new Set(rows.filter((l) => hasStatus(l.row)).map((l) => l.row));
    const inSettledRow = (element) => {
        const row = element.closest('tr,[role=row]');
        return Boolean(row) && settled.has(row);
    };

    // An app without a table: climb from its name or key to the first element that has a status.
    const texts = [];
    const walker = document.createTreeWalker(document.body || document, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = plain(node.textContent);
        if (text && !node.parentElement.closest('script,style,template,option,noscript'))
            texts.push({text, element: node.parentElement});
    }
    const meant = [query.key, ...query.names].filter(Boolean).map(fold);
    const strip = (text) => fold(text).replace(/^\\(|\\)$/g, '')
        .replace(/^(server app key|app key|key)\\s*:?\\s*/, '');
    const loose = new Map();
    let items = 0;
    for (const {text, element} of texts) {
        if (!inBlock(element) || element.closest('tr,[role=row]') || !visible(element)) continue;
        if (isStatus(text)) items += 1;
        if (!meant.includes(strip(text))) continue;
        let at = element;
        while (at && !at.contains(title) && !pieces(at).some(isStatus)
            && !at.matches('li,[role=listitem],article')) at = at.parentElement;
        if (at && !at.contains(title)) loose.set(at, pieces(at));
        else loose.set(element, pieces(element));
    }

    const LOADING = /^(loading|please wait|fetching|retrieving|just a moment|one moment)\\b/i;
    const TOKEN = /(^|[-_])(skeleton|spinner|loading|loader|shimmer|placeholder)s?([-_]|$)/i;
    const isBusy = (e) => e.getAttribute('aria-busy') === 'true'
        || (e.matches('[role=progressbar]') && !e.hasAttribute('aria-valuenow'))
        || (e.localName === 'progress' && !e.hasAttribute('value'))
        || /spinner|skeleton/.test(e.localName) || [...e.classList].some((c) => TOKEN.test(c));
    const hints = '[aria-busy=true],[role=progressbar],progress,[class*=skeleton i],'
        + '[class*=spinner i],[class*=load i],[class*=shimmer i],[class*=placeholder i],'
        + 'aui-spinner';
    const busy = [
        ...all(hints).filter(isBusy).map((element) => ({element, text: element.localName
            + (element.className && element.className.baseVal === undefined
                ? '.' + element.className : '')})),
        ...texts.filter(({text}) => text.length < 80 && LOADING.test(text)),
    ].filter(({element}) => visible(element) && !inSettledRow(element) && !isFurniture(element)
        && !element.matches('input,textarea'))
        .map(({element, text}) => ({
            text: plain(text).slice(0, 80),
            block: Boolean(title) && (inBlock(element) || element.contains(title)),
        }));

    const shown = (selector) => all(selector).some(visible);
    const passwords = all('input[type=password]').filter(visible);
    const idOf = (href) => /[?&#]planid=([^&#]+)/i.exec(href || '')?.[1];
    const ids = [
        ...all('a[href*="lan" i]').filter((a) => !isFurniture(a)).map((a) => idOf(a.href)),
        ...all('input').filter((i) => /^planid$/i.test(i.name)).map((i) => i.value),
        ...all('[data-plan-id]').map((e) => e.dataset.planId),
    ].filter(Boolean).map(decodeURIComponent);
    const named = query.plan ? fold(query.plan) : null;
    const main = document.querySelector('main,[role=main]') || document.body;
    return {
        url: location.href,
        title: document.title,
        headings: headings.map((h) => plain(h.textContent)).slice(0, 20),
        text: plain(main ? main.innerText : '').slice(0, 400),
        is_scripted: [...document.scripts].some((s) => !s.type || /javascript|module/.test(s.type)),
        user: document.querySelector('meta[name="ajs-remote-user"]')?.content ?? null,
        asks_login: shown('#os_username,#username-field,#login-panel,form[name=loginform]')
            || (passwords.length > 0 && shown('input[name*=user i]')),
        asks_password: shown('#authenticateButton')
            || passwords.some((p) => !p.closest('form')?.querySelector('input[name*=user i]')),
        names_plan: named !== null && (headings.some((h) => fold(h.textContent) === named)
            || texts.some(({text, element}) => fold(text) === named && visible(element)
                && !isFurniture(element) && !element.closest('a'))),
        plan_state: texts.filter(({element}) => visible(element) && !isFurniture(element))
            .map(({text}) => text.toUpperCase())
            .find((t) => query.plan_states.includes(t)) ?? null,
        plan_ids: [...new Set(ids)],
        busy,
        tabs: all('[role=tab]').filter(visible).map((tab) => ({
            label: plain(tab.textContent), open: tab.getAttribute('aria-selected') === 'true'})),
        block: {
            block: Boolean(title),
            headers: head ? head.cells.map((cell) => plain(cell.textContent)) : [],
            rows: rows.map((line) => line.cells.map(pieces)),
            marks: rows.map((line) => marks(line.row)),
            loose: [...loose.values()],
            items,
            text: title ? texts.filter(({element}) => inBlock(element) && visible(element))
                .map(({text}) => text).join(' | ').slice(0, 300) : '',
            folded: Boolean(title) && !rows.length && (() => {
                const fold = title.querySelector('[aria-expanded]')
                    || title.closest('[aria-expanded]');
                return (Boolean(fold) && fold.getAttribute('aria-expanded') === 'false')
                    || (title.localName === 'summary' && !title.parentElement.open);
            })(),
        },
    };
}"""
)

TAKE = f"(query) => ({_TAKE})(query)"
"""Returns the page at this moment."""

SETTLE = (
    """async ([query, still, quiet, soon, longest]) => {
    const take = """
    + _TAKE
    + """;
    const activity = window["""
    + ACTIVITY
    + """];
    const sign = (page) => JSON.stringify({...page, text: ''});
    const begun = performance.now();
    let page = take(query), mark = sign(page), since = begun;
    if (!page.is_scripted) return {page, quiet: true};
    // A timer that was set before may draw what is missing; those that set a new one may be clocks.
    const due = quiet > still && activity ? activity.due(soon) : [];
    const later = activity?.setTimeout ?? setTimeout;
    const enough = () => {
        const unchanged = performance.now() - since;
        return (unchanged >= quiet && !activity?.waits(due))
            || (unchanged >= still && activity?.since() >= still && activity.idle(soon));
    };
    while (!enough()) {
        if (performance.now() - begun > longest) return {page, quiet: false};
        await new Promise((done) => {
            const pause = later(finish, still), watcher = new MutationObserver(finish);
            function finish() { clearTimeout(pause); watcher.disconnect(); done(); }
            watcher.observe(document, {
                subtree: true, childList: true, attributes: true, characterData: true});
        });
        const now = take(query), sees = sign(now);
        if (sees !== mark) since = performance.now();
        page = now; mark = sees;
    }
    return {page, quiet: true};
}"""
)
"""Returns the page once its relevant parts have not changed for `quiet` milliseconds.

Where the page is followed (`page_activity`), `still` milliseconds are enough once it has nothing to
do, and a timer that is due within `soon` is waited for. A page without scripts is quiet at once.
`quiet` is false in the answer if the page kept changing for `longest` milliseconds.
"""

CHANGED = (
    """async ([query, longest]) => {
    const take = """
    + _TAKE
    + """;
    const mark = JSON.stringify({...take(query), text: ''});
    await new Promise((done) => {
        const timer = setTimeout(finish, longest);
        const watcher = new MutationObserver(() => {
            if (JSON.stringify({...take(query), text: ''}) !== mark) finish();
        });
        function finish() { clearTimeout(timer); watcher.disconnect(); done(); }
        watcher.observe(document, {
            subtree: true, childList: true, attributes: true, characterData: true});
    });
}"""
)
"""Waits until a relevant part of the page changes, at most `longest` milliseconds."""

OPEN_TAB = """(label) => {
    const plain = (text) => text.replace(/\\s+/g, ' ').trim();
    [...document.querySelectorAll('[role=tab]')]
        .find((tab) => plain(tab.textContent) === label)?.click();
}"""
"""Opens a tab whatever lies over it."""

UNFOLD = """(title) => {
    const fold = (text) => text.replace(/\\s+/g, ' ').trim().toLowerCase();
    const heading = [...document.querySelectorAll(
        'h1,h2,h3,h4,h5,h6,[role=heading],summary,[aria-expanded]')]
        .find((h) => fold(h.textContent) === title.toLowerCase());
    (heading?.querySelector('[aria-expanded]') || heading?.closest('[aria-expanded]')
        || heading)?.click();
}"""
"""Opens a block that is folded."""

"""The script that follows what a page has still to do: timers, requests, tasks.

What a page does not show can be believed absent once nothing is left that could draw it. Without
this, only waiting could tell, and no wait is long enough for a timer that is longer.
It changes nothing for the page: each function is called as the page called it.
"""

ACTIVITY = "Symbol.for('migration-harness.activity')"
"""Where a page keeps the script's state; missing on a page that was loaded before it was added."""

SOON_MS = 8_000
"""A timer that is due later than this is a page's refresh, not its drawing."""

FOLLOW = (
    """(() => {
    const KEY = """
    + ACTIVITY
    + """;
    if (window[KEY]) return;
    const ownTimeout = window.setTimeout.bind(window);
    const timers = new Map(), open = new Set();
    let last = performance.now(), speaks = false;
    const touch = () => { last = performance.now(); };
    const during = (promise) => {
        const mark = {};
        open.add(mark);
        touch();
        const done = () => { open.delete(mark); touch(); };
        promise.then(done, done);
        return promise;
    };
    const wrap = (owner, name, make) => {
        const own = owner && owner[name];
        if (typeof own === 'function') owner[name] = make(own);
    };
    const once = (set, clear, delayOf) => {
        wrap(window, set, (own) => function (callback, ...rest) {
            let id;
            const run = typeof callback !== 'function' ? callback : function (...given) {
                timers.delete(id);
                touch();
                try { return callback.apply(this, given); } finally { touch(); }
            };
            id = own.call(this, run, ...rest);
            timers.set(id, performance.now() + delayOf(rest[0]));
            return id;
        });
        wrap(window, clear, (own) => function (id) {
            timers.delete(id);
            return own.call(this, id);
        });
    };
    const delay = (given) => Math.max(0, Number(given) || 0);
    once('setTimeout', 'clearTimeout', delay);
    once('requestIdleCallback', 'cancelIdleCallback', () => 0);
    const ticks = new Map();
    wrap(window, 'setInterval', (own) => function (callback, every, ...rest) {
        const id = own.call(this, callback, every, ...rest);
        ticks.set(id, delay(every));
        return id;
    });
    wrap(window, 'clearInterval', (own) => function (id) {
        ticks.delete(id);
        touch();
        return own.call(this, id);
    });
    wrap(window, 'fetch', (own) => function (...given) {
        return during(own.apply(this, given));
    });
    for (const name of ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']) {
        wrap(window.Response?.prototype, name, (own) => function (...given) {
            return during(own.apply(this, given));
        });
    }
    wrap(window.XMLHttpRequest?.prototype, 'send', (own) => function (...given) {
        during(new Promise((done) => this.addEventListener('loadend', done, {once: true})));
        return own.apply(this, given);
    });
    wrap(window.Scheduler?.prototype, 'postTask', (own) => function (...given) {
        return during(own.apply(this, given));
    });
    // These are spoken to from elsewhere, at a time of which nothing here knows.
    for (const name of ['WebSocket', 'EventSource', 'Worker', 'SharedWorker']) {
        if (window[name]) window[name] = new Proxy(window[name], {
            construct(target, given, self) {
                speaks = true;
                return Reflect.construct(target, given, self);
            },
        });
    }
    const body = Object.getOwnPropertyDescriptor(window.Response?.prototype ?? {}, 'body');
    if (body?.get) Object.defineProperty(Response.prototype, 'body', {
        ...body, get() { speaks = true; return body.get.call(this); }});
    document.addEventListener('load', touch, true);
    document.addEventListener('error', touch, true);
    const due = (soon) => [...timers.keys()].filter(
        (id) => timers.get(id) - performance.now() < soon);
    const moves = (each) => each.playState === 'running'
        && Number.isFinite(each.effect?.getComputedTiming().endTime);
    window[KEY] = {
        setTimeout: ownTimeout,
        since: () => performance.now() - last,
        due,
        waits: (ids) => ids.some((id) => timers.has(id)),
        idle: (soon) => !speaks && !open.size && document.readyState === 'complete'
            && !due(soon).length && ![...ticks.values()].some((every) => every < soon)
            && !document.getAnimations().some(moves),
    };
})();"""
)
"""To be run in a page before its own scripts.

What it keeps: `idle(soon)`, whether nothing of the page is under way or due within `soon`
milliseconds; `since()`, milliseconds since something was; `due(soon)`, the timers that are due
within that time, and `waits(ids)`, whether one of them still is; `setTimeout`, which is not
followed.
"""

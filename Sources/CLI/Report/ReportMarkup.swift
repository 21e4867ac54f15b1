/// The parts of a report's page that are the same for every workflow.
enum ReportMarkup {
  static let page = #"""
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{title}}</title>
    <style>{{style}}</style>
    </head>
    <body>
    <main id="main"></main>
    <div id="tip" role="tooltip" hidden></div>
    <noscript>This report needs JavaScript.</noscript>
    <script type="application/json" id="figures">{{figures}}</script>
    <script>{{script}}</script>
    </body>
    </html>

    """#

  static let style = #"""

    :root { --back: #fbfbfa; --card: #fff; --ink: #1d2329; --soft: #5c6670; --line: #dde1e4; --accent: #2563a8;
      --good: #23804a; --bad: #b3261e; --warn: #9a6200; --ask: #8b5cf6; }
    @media (prefers-color-scheme: dark) { :root { --back: #14181c; --card: #1c2228; --ink: #e6eaed; --soft: #9aa5af;
      --line: #323b44; --accent: #6aa9e9; --good: #5cc489; --bad: #f2837b; --warn: #e0ab4f; --ask: #b69cff; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
    main { max-width: 1180px; margin: 0 auto; padding: 20px 16px 60px; }
    h1 { font-size: 24px; margin: 0; overflow-wrap: anywhere; }
    h2 { font-size: 17px; margin: 0 0 10px; }
    .soft { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
    .pill { display: inline-block; border-radius: 99px; padding: 1px 12px; font-weight: 600; font-size: 14px;
      color: var(--card); background: var(--soft); vertical-align: middle; }
    .pill.good { background: var(--good); } .pill.bad { background: var(--bad); } .pill.warn { background: var(--warn); }
    section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px; margin-top: 16px; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-top: 16px; }
    .tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
    .tile b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 14px; }
    th { text-align: left; color: var(--soft); font-weight: 500; white-space: nowrap; }
    th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
    td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    tr:last-child td { border-bottom: 0; }
    code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
    canvas { display: block; width: 100%; }
    svg { display: block; max-width: 100%; }
    svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
    .lanes { position: relative; height: 420px; overflow-y: auto; border: 1px solid var(--line); border-radius: 6px; }
    .lanes canvas { position: sticky; top: 0; }
    button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 6px;
      padding: 2px 12px; cursor: pointer; }
    button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
    .bar { display: flex; gap: 8px; flex-wrap: wrap; align-items: center; margin-bottom: 10px; }
    #tip { position: fixed; pointer-events: none; background: var(--ink); color: var(--back); font-size: 13px;
      padding: 4px 10px; border-radius: 6px; max-width: 320px; white-space: pre-line; z-index: 2; overflow-wrap: anywhere; }
    .dot { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 7px; }
    """#

  static let script = #"""

    "use strict";
    const D = JSON.parse(document.getElementById("figures").textContent);
    const W = D.workflow, T = D.templates, A = D.attempts;
    const main = document.getElementById("main"), tip = document.getElementById("tip");
    // Simulated times can exceed the run's own duration.
    const end = Math.max(1, A.ended.reduce((m, t) => Math.max(m, t ?? 0), 0), ...D.runs.map(r => r.ended ?? (W.now - W.begin)));
    const names = new Map();
    { let n = 0, last = -1; for (const t of A.task) if (t !== last) { names.set(t, D.names[n++]); last = t; } }

    // Children are added as text nodes, so that no name or message becomes markup.
    function el(tag, attributes = {}, ...children) {
      const svg = ["svg", "g", "rect", "line", "path", "text", "circle", "title", "marker", "defs"].includes(tag);
      const e = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
      for (const [k, v] of Object.entries(attributes)) if (v !== null && v !== undefined) e.setAttribute(k, v);
      e.append(...children.filter(c => c !== null));
      return e;
    }
    function section(title, ...children) {
      const s = el("section", {}, el("h2", {}, title), ...children);
      main.append(s);
      return s;
    }
    const color = n => `hsl(${(n * 137.5 + 210) % 360} 52% 52%)`;
    const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const number = (x, digits = 0) => x.toLocaleString("en", { maximumFractionDigits: digits });
    function span(ms) {
      const s = ms / 1000;
      if (s < 10) return s.toFixed(2) + " s";
      if (s < 100) return s.toFixed(1) + " s";
      const m = Math.round(s / 60), h = Math.floor(s / 3600), d = Math.floor(h / 24);
      if (s < 3600) return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`;
      return d > 0 ? `${d} d ${h % 24} h` : `${h} h ${m % 60} min`;
    }
    function bytes(b) {
      for (const [unit, size] of [["T", 2 ** 40], ["G", 2 ** 30], ["M", 2 ** 20], ["K", 2 ** 10]])
        if (b >= size) return number(b / size, b / size < 10 ? 2 : 1) + " " + unit;
      return number(b) + " B";
    }
    const moment = ms => new Date(ms).toISOString().replace("T", " ").slice(0, 19) + " UTC";
    const percent = (part, whole) => whole > 0 ? number(100 * part / whole, 1) + " %" : "–";
    const sum = f => T.reduce((s, t) => s + f(t), 0);
    const good = { DONE: "good", RUNNING: "warn", ERROR: "bad", FAILED: "bad", HALTED: "warn", ABORTED: "bad", FATAL: "bad" };
    function table(columns, rows, label) {
      const head = el("tr", {}, ...columns.map(c => el("th", { class: c[1] || null, scope: "col" }, c[0])));
      const body = rows.map(r => el("tr", {}, ...r.map((v, i) => el("td", { class: columns[i][1] || null }, v ?? "–"))));
      return el("div", { class: "scroll" }, el("table", { "aria-label": label }, el("thead", {}, head), el("tbody", {}, ...body)));
    }
    function label(t) { return el("span", {}, el("span", { class: "dot", style: `background:${color(t)}` }), T[t].name); }
    function say(e, text) {
      if (!text) { tip.hidden = true; return; }
      tip.textContent = text;
      tip.hidden = false;
      const w = tip.offsetWidth, h = tip.offsetHeight;
      tip.style.left = Math.max(4, Math.min(e.clientX + 12, innerWidth - w - 8)) + "px";
      tip.style.top = Math.max(4, e.clientY + 16 + h > innerHeight ? e.clientY - h - 10 : e.clientY + 16) + "px";
    }

    // A canvas that is redrawn when its width or the colour scheme changes.
    const drawings = [];
    function canvas(height, draw, text) {
      const c = el("canvas", { height, role: "img", "aria-label": text });
      const again = () => {
        const width = c.clientWidth, ratio = devicePixelRatio || 1, h = typeof height === "function" ? height(width) : height;
        if (!width) return;
        c.width = width * ratio; c.height = h * ratio; c.style.height = h + "px";
        const x = c.getContext("2d");
        x.setTransform(ratio, 0, 0, ratio, 0, 0);
        x.clearRect(0, 0, width, h);
        x.font = "12px system-ui, sans-serif";
        draw(x, width, h);
      };
      drawings.push(again);
      c.redraw = again;
      return c;
    }
    function steps(most, count) {
      const raw = most / count, power = 10 ** Math.floor(Math.log10(raw || 1));
      const step = [1, 2, 5, 10].map(k => k * power).find(k => k >= raw) || power;
      return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
    }
    const timeUnits = [1e3, 2e3, 5e3, 1e4, 3e4, 6e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5, 432e5, 864e5, 1728e5, 6048e5];
    function timeAxis(x, from, to, left, width, y) {
      const unit = timeUnits.find(u => (to - from) / u <= width / 90) || timeUnits.at(-1);
      x.fillStyle = css("--soft"); x.strokeStyle = css("--line"); x.textAlign = "center";
      for (let t = Math.ceil(from / unit) * unit; t <= to; t += unit) {
        const at = left + (t - from) / (to - from) * width;
        x.beginPath(); x.moveTo(at, 0); x.lineTo(at, y); x.stroke();
        if (at > left + 14 && at < left + width - 14) x.fillText(t === 0 ? "0" : span(t).replace(/\.0+ s/, " s").replace(/ 0 (s|min|h)$/, ""), at, y + 14);
      }
    }

    // Head
    const done = sum(t => t.done), total = sum(t => t.tasks), fatal = sum(t => t.fatal);
    const ran = D.runs.reduce((s, r) => s + ((D.runs.length === 1 ? end : r.ended ?? (W.now - W.begin)) - r.started), 0);
    main.append(el("header", {},
      el("h1", {}, W.name + " ", el("span", { class: "pill " + (good[W.status] || "") }, W.status)),
      el("div", { class: "soft" }, `workflow ${W.id} · ${W.tool} ${W.toolVersion} · ${W.args} · ${W.user} · ${moment(W.created)}`),
      W.driver ? el("p", { class: "bad" }, `driver: ${W.driver}; resume with: jobmon workflow resume -w ${W.id}`) : null,
      W.description ? el("p", {}, W.description) : null));
    const cores = sum(t => t.coreSeconds), cpu = sum(t => t.cpuSeconds);
    const asked = sum(t => t.askedByteSeconds), used = sum(t => t.usedByteSeconds), lost = sum(t => t.lostSeconds);
    const GiBh = 2 ** 30 * 3600;
    const small = x => x >= 100 ? number(x) : x.toLocaleString("en", { maximumSignificantDigits: 3 });
    // Core time: hours, or the units of a duration if it is short.
    const coreTime = s => s >= 3600 ? small(s / 3600) + " h" : span(s * 1000);
    main.append(el("div", { class: "tiles" }, ...[
      [`${number(done)} / ${number(total)}`, "tasks done" + (fatal ? `, ${number(fatal)} failed` : "")],
      [span(ran), D.runs.length === 1 ? "in one run" : `in ${D.runs.length} runs`],
      [coreTime(cpu), `processor time, ${percent(cpu, cores)} of ${coreTime(cores)} of core time`],
      [asked ? small(used / GiBh) : "–", asked ? `GiB-hours of peak memory, ${percent(used, asked)} of ${small(asked / GiBh)} requested` : "no memory was requested or measured"],
      [number(sum(t => t.retries)), "retries"], [span(lost * 1000), "in failed attempts"],
    ].map(([b, t]) => el("div", { class: "tile" }, el("b", {}, b), el("span", { class: "soft" }, t)))));

    if (D.runs.length) section("Runs", table([["run", "n"], ["status"], ["cluster"], ["user"], ["started"], ["duration", "n"]],
      D.runs.map(r => [r.id, r.status, r.cluster, r.user, moment(W.begin + r.started), r.ended === null ? (W.driver ? "driver: " + W.driver : "running") : span(r.ended - r.started)]), "Runs"));

    // Concurrency
    if (D.concurrency.length) {
      const [times, running] = D.concurrency, left = 44;
      const most = Math.max(1, ...running);
      const shown = W.limit && W.limit <= most * 2 ? Math.max(most, W.limit) : most;
      const c = canvas(220, (x, width, h) => {
        const w = width - left - 8, b = h - 24, last = Math.max(1, times.at(-1));
        timeAxis(x, 0, last, left, w, b);
        x.textAlign = "right";
        for (const s of steps(shown, Math.min(4, shown))) {
          const y = b - s / shown * (b - 12);
          x.strokeStyle = css("--line"); x.beginPath(); x.moveTo(left, y); x.lineTo(left + w, y); x.stroke();
          x.fillStyle = css("--soft"); x.fillText(number(s), left - 6, y + 4);
        }
        x.beginPath(); x.moveTo(left, b);
        times.forEach((t, i) => {
          const at = left + Math.max(0, t) / last * w;
          if (i) x.lineTo(at, b - running[i - 1] / shown * (b - 12));
          x.lineTo(at, b - running[i] / shown * (b - 12));
        });
        x.lineTo(left + w, b); x.closePath();
        x.globalAlpha = .25; x.fillStyle = css("--accent"); x.fill(); x.globalAlpha = 1; x.strokeStyle = css("--accent"); x.stroke();
        if (W.limit && W.limit <= shown) {
          const y = b - W.limit / shown * (b - 12);
          x.strokeStyle = css("--ask"); x.setLineDash([5, 4]); x.beginPath(); x.moveTo(left, y); x.lineTo(left + w, y); x.stroke(); x.setLineDash([]);
          x.fillStyle = css("--ask"); x.textAlign = "left"; x.fillText("limit " + W.limit, left + 6, y < 16 ? y + 14 : y - 4);
        }
      }, `Number of running tasks over time; maximum ${most}`);
      c.addEventListener("mousemove", e => {
        const box = c.getBoundingClientRect(), t = (e.clientX - box.left - left) / (box.width - left - 8) * times.at(-1);
        let i = times.findLastIndex(u => u <= t);
        say(e, i >= 0 && t <= times.at(-1) ? `${running[i]} running\n${span(t)} after the start` : "");
      });
      c.addEventListener("mouseleave", e => say(e, ""));
      const limits = T.filter(t => t.limit !== null).map(t => `${t.name}: ${t.limit}`);
      section("Running tasks", c, el("div", { class: "soft" },
        `maximum ${number(most)}` + (W.limit === null ? "" : `; workflow limit ${number(W.limit)}`) + (limits.length ? "; template limits: " + limits.join(", ") : "")));
    }

    // Timeline
    if (A.chosen) {
      const over = i => A.ended[i] ?? (A.started[i] === null ? A.created[i] : W.now - W.begin);
      const order = Uint32Array.from({ length: A.chosen }, (_, i) => i).filter(i => A.started[i] !== null)
        .sort((a, b) => A.started[a] - A.started[b] || a - b);
      const bad = D.statuses.map(s => !["DONE", "RUNNING", "LAUNCHED", "KILLED", "INSTANTIATED", "QUEUED"].includes(s));
      const first = order.length ? Math.min(0, A.started[order[0]]) : 0;
      let view = [first, end], byTask = false, drag = null;
      const holder = el("div", {}), left = () => Math.min(180, holder.clientWidth / 4);
      const row = 16;
      function lane() {
        const c = canvas(() => T.length * 30 + 26, (x, width, h) => {
          const l = left(), w = width - l - 8, b = h - 24, cells = Math.max(1, Math.floor(w / 2));
          timeAxis(x, view[0], view[1], l, w, b);
          const change = T.map(() => new Float64Array(cells + 2));
          const at = t => Math.max(0, Math.min(cells, Math.floor((t - view[0]) / (view[1] - view[0]) * cells)));
          for (const i of order) { if (over(i) < view[0] || A.started[i] > view[1]) continue; const t = A.template[i]; const a = at(A.started[i]); change[t][a]++; change[t][Math.max(a + 1, at(over(i)))]--; }
          T.forEach((t, k) => {
            const y = k * 30 + 4, sums = []; let s = 0, most = 0;
            for (let i = 0; i <= cells; i++) { s += change[k][i]; sums.push(s); most = Math.max(most, s); }
            x.fillStyle = css("--ink"); x.textAlign = "left";
            let name = t.name; while (name.length > 3 && x.measureText(name).width > l - 12) name = name.slice(0, -2) + "…";
            x.fillText(name, 0, y + 16);
            x.fillStyle = color(k);
            if (most) sums.forEach((v, i) => { if (v > 0) { const hh = Math.max(2, v / most * 22); x.fillRect(l + i / cells * w, y + 22 - hh, w / cells + .6, hh); } });
            x.strokeStyle = css("--line"); x.beginPath(); x.moveTo(l, y + 22.5); x.lineTo(l + w, y + 22.5); x.stroke();
          });
        }, "When the tasks of each template ran");
        c.addEventListener("mousemove", e => {
          const box = c.getBoundingClientRect(), k = Math.floor((e.clientY - box.top) / 30), l = left();
          const t = view[0] + (e.clientX - box.left - l) / (box.width - l - 8) * (view[1] - view[0]);
          if (!T[k] || t < view[0]) return say(e, "");
          let n = 0; for (const i of order) if (A.template[i] === k && A.started[i] <= t && over(i) > t) n++;
          say(e, `${T[k].name}\n${n} running, ${span(t)} after the start`);
        });
        return c;
      }
      function rows() {
        const box = el("div", { class: "lanes", tabindex: "0", "aria-label": "When each task ran" });
        const l = left(), visible = () => box.clientHeight;
        const c = canvas(420, (x, width, h) => {
          const w = width - l - 8, from = Math.floor(box.scrollTop / row), shift = box.scrollTop % row;
          timeAxis(x, view[0], view[1], l, w, h - 22);
          const px = t => l + Math.max(0, Math.min(1, (t - view[0]) / (view[1] - view[0]))) * w;
          for (let r = from; r < order.length && (r - from) * row < h - 22; r++) {
            const i = order[r], y = (r - from) * row - shift, a = px(A.started[i]), b = px(over(i));
            x.fillStyle = css("--soft"); x.textAlign = "left";
            let name = names.get(A.task[i]) || ""; while (name.length > 3 && x.measureText(name).width > l - 10) name = name.slice(0, -2) + "…";
            x.fillText(name, 2, y + 12);
            x.fillStyle = bad[A.status[i]] ? css("--bad") : color(A.template[i]);
            x.globalAlpha = A.ended[i] === null ? .5 : 1;
            x.fillRect(a, y + 3, Math.max(1.5, b - a), row - 5);
            x.globalAlpha = 1;
          }
        }, "When each task ran");
        box.append(c, el("div", { style: `height:${Math.max(0, order.length * row - 420 + 30)}px` }));
        box.addEventListener("scroll", () => requestAnimationFrame(c.redraw));
        c.addEventListener("mousemove", e => {
          const at = c.getBoundingClientRect(), r = Math.floor((e.clientY - at.top + box.scrollTop) / row), i = order[r];
          if (i === undefined) return say(e, "");
          say(e, `${names.get(A.task[i])} (task ${W.firstTask + A.task[i]})\nattempt ${A.attempt[i]}: ${D.statuses[A.status[i]]}, ${span(over(i) - A.started[i])}`
            + (A.node[i] === null ? "" : ` on ${D.nodes[A.node[i]]}`) + (A.peak[i] === null ? "" : `\npeak memory ${bytes(A.peak[i])}`)
            + `\nstarted ${span(A.started[i])} after the start, waited ${span(Math.max(0, A.started[i] - A.created[i]))}`);
        });
        return box;
      }
      function show() {
        for (const old of holder.querySelectorAll("canvas")) { const k = drawings.indexOf(old.redraw); if (k >= 0) drawings.splice(k, 1); }
        const made = byTask ? rows() : lane();
        holder.replaceChildren(made);
        const c = byTask ? made.querySelector("canvas") : made;
        c.addEventListener("mouseleave", e => say(e, ""));
        c.addEventListener("mousedown", e => { drag = e.clientX; });
        c.addEventListener("mouseup", e => {
          const box = c.getBoundingClientRect(), l = left(), w = box.width - l - 8;
          const at = p => view[0] + Math.max(0, Math.min(1, (p - box.left - l) / w)) * (view[1] - view[0]);
          if (drag !== null && Math.abs(e.clientX - drag) > 8) { view = [at(Math.min(drag, e.clientX)), at(Math.max(drag, e.clientX))]; c.redraw(); reset.hidden = false; }
          drag = null;
        });
        c.redraw();
        for (const [b, on] of [[one, !byTask], [two, byTask]]) b.setAttribute("aria-pressed", on);
      }
      const one = el("button", { id: "by-template" }, "by template"), two = el("button", { id: "by-task" }, "by task"), reset = el("button", { hidden: "" }, "reset zoom");
      one.onclick = () => { byTask = false; show(); };
      two.onclick = () => { byTask = true; show(); };
      reset.onclick = () => { view = [first, end]; reset.hidden = true; show(); };
      const part = A.chosen < W.attempts ? ` ${number(A.chosen)} of ${number(W.attempts)} attempts are shown: all failed attempts and a sample of the others.` : "";
      section("Timeline", el("div", { class: "bar" }, one, two, reset, el("span", { class: "soft" }, "Drag to zoom in." + part)), holder);
      show();
    }

    // Templates
    function strip(spread, ask, text) {
      const width = 190, most = Math.max(spread[3], ask ? ask[1] : 0) || 1, px = v => 2 + v / most * (width - 4);
      const s = el("svg", { width, height: 22, viewBox: `0 0 ${width} 22`, role: "img" },
        el("title", {}, `min ${text(spread[0])}, median ${text(spread[1])}, 95th percentile ${text(spread[2])}, max ${text(spread[3])}` + (ask ? `, requested ${text(ask[0])}` + (ask[1] > ask[0] ? ` to ${text(ask[1])}` : "") : "")),
        el("line", { x1: 2, x2: width - 2, y1: 11, y2: 11, stroke: "var(--line)" }),
        el("rect", { x: px(spread[0]), y: 8, width: Math.max(1, px(spread[3]) - px(spread[0])), height: 6, fill: "var(--accent)", opacity: .35 }),
        el("rect", { x: px(spread[0]), y: 8, width: Math.max(1, px(spread[2]) - px(spread[0])), height: 6, fill: "var(--accent)", opacity: .5 }),
        el("rect", { x: px(spread[1]) - 1, y: 4, width: 2.5, height: 14, fill: "var(--accent)" }));
      if (ask) for (const v of new Set(ask)) s.append(el("rect", { x: Math.min(width - 3, px(v) - 1), y: 1, width: 2.5, height: 20, fill: "var(--ask)" }));
      return s;
    }
    section("Templates", table([["template"], ["tasks", "n"], ["done", "n"], ["failed", "n"], ["retries", "n"], ["run time", ""], ["median", "n"], ["max", "n"], ["requested", "n"], ["memory", ""], ["median", "n"], ["max", "n"], ["requested", "n"]],
      T.map((t, i) => [label(i), number(t.tasks), number(t.done), number(t.fatal), number(t.retries),
        t.runtime ? strip(t.runtime, t.askedRuntime, v => span(v * 1000)) : null, t.runtime ? span(t.runtime[1] * 1000) : null, t.runtime ? span(t.runtime[3] * 1000) : null, t.askedRuntime ? span(t.askedRuntime[1] * 1000) : null,
        t.memory ? strip(t.memory, t.askedMemory, bytes) : null, t.memory ? bytes(t.memory[1]) : null, t.memory ? bytes(t.memory[3]) : null, t.askedMemory ? bytes(t.askedMemory[1]) : null]), "Templates"),
      el("div", { class: "soft" }, "Bars: minimum to maximum, darker up to the 95th percentile. Short mark: median. Tall mark: requested. Only successful attempts are counted."));
    section("Resource usage", table([["template"], ["core time", "n"], ["busy", "n"], ["", "n"], ["GiB-hours requested", "n"], ["used (peak)", "n"], ["", "n"], ["time in failed attempts", "n"]],
      T.map((t, i) => [label(i), coreTime(t.coreSeconds), coreTime(t.cpuSeconds), percent(t.cpuSeconds, t.coreSeconds),
        t.askedByteSeconds ? small(t.askedByteSeconds / GiBh) : null, t.askedByteSeconds ? small(t.usedByteSeconds / GiBh) : null, percent(t.usedByteSeconds, t.askedByteSeconds), span(t.lostSeconds * 1000)]), "Efficiency"));

    // The graph of templates
    if (T.length > 1 && T.length <= 200) {
      const level = T.map(() => 0), inner = D.edges.filter(([a, b]) => a !== b);
      for (let n = 0; n < T.length; n++) for (const [a, b] of inner) if (level[b] <= level[a] && level[a] + 1 < T.length) level[b] = level[a] + 1;
      const layers = [];
      T.forEach((_, i) => (layers[level[i]] ||= []).push(i));
      const kept = layers.filter(Boolean), bw = 170, bh = 44, gx = 24, gy = 46;
      const width = Math.max(...kept.map(l => l.length)) * (bw + gx), height = kept.length * (bh + gy) - gy + 12;
      const spot = [];
      kept.forEach((l, y) => l.forEach((t, k) => { spot[t] = [(width - l.length * (bw + gx) + gx) / 2 + k * (bw + gx), 4 + y * (bh + gy)]; }));
      const s = el("svg", { width, height, viewBox: `0 0 ${width} ${height}`, style: "max-width:none", role: "img", "aria-label": "Dependencies between templates" });
      for (const [a, b] of inner) {
        const [x1, y1] = [spot[a][0] + bw / 2, spot[a][1] + bh], [x2, y2] = [spot[b][0] + bw / 2, spot[b][1]];
        s.append(el("path", { d: `M${x1} ${y1} C${x1} ${y1 + gy / 2} ${x2} ${y2 - gy / 2} ${x2} ${y2}`, fill: "none", stroke: "var(--soft)" }), el("circle", { cx: x2, cy: y2, r: 3, fill: "var(--soft)" }));
      }
      T.forEach((t, i) => {
        const [x, y] = spot[i], cut = t.name.length > 22 ? t.name.slice(0, 21) + "…" : t.name;
        s.append(el("g", {}, el("title", {}, t.name), el("rect", { x, y, width: bw, height: bh, rx: 6, fill: "var(--card)", stroke: t.fatal ? "var(--bad)" : color(i), "stroke-width": 2 }),
          el("rect", { x: x + 3, y: y + bh - 7, width: Math.max(0, (bw - 6) * t.done / Math.max(1, t.tasks)), height: 4, rx: 2, fill: color(i) }),
          el("text", { x: x + 10, y: y + 17 }, cut), el("text", { x: x + 10, y: y + 33, style: "font-size:12px;fill:var(--soft)" }, `${number(t.done)}/${number(t.tasks)}` + (t.fatal ? `, ${number(t.fatal)} failed` : ""))));
      });
      section("Template graph", el("div", { class: "scroll" }, s));
    }

    if (D.chain.length) {
      const all = D.chain.reduce((s, l) => s + l.waited + l.ran, 0), most = Math.max(...D.chain.map(l => l.waited + l.ran), 1);
      section("Slowest chain", el("div", { class: "soft" }, `Each task waited for the one before it. The chain took ${span(all)}, of which ${span(D.chain.reduce((s, l) => s + l.waited, 0))} waiting for a free slot. To finish sooner, shorten these tasks.`),
        table([["task"], ["template"], ["waited", "n"], ["ran", "n"], ["", ""]], D.chain.map(l => [`${l.name} (${l.task})`, label(l.template), span(l.waited), span(l.ran),
          el("svg", { width: 200, height: 12, role: "img" }, el("rect", { x: 0, y: 1, width: l.waited / most * 200, height: 10, fill: "var(--line)" }), el("rect", { x: l.waited / most * 200, y: 1, width: Math.max(1, l.ran / most * 200), height: 10, fill: color(l.template) }))]), "Slowest chain"));
    }

    const causes = {};
    T.forEach((t, i) => Object.entries(t.causes).forEach(([c, n]) => { (causes[c] ||= []).push([i, n]); }));
    if (Object.keys(causes).length) section("Failure causes", table([["cause"], ["attempts", "n"], ["templates"]],
      Object.entries(causes).map(([c, l]) => [c, number(l.reduce((s, [, n]) => s + n, 0)), l.sort((a, b) => b[1] - a[1]).map(([t, n]) => `${T[t].name} (${number(n)})`).join(", ")]).sort((a, b) => b[1] - a[1]), "Causes"));
    if (D.errors.length) section("Error messages", table([["attempts", "n"], ["example"], ["tasks"], ["nodes"], ["last seen", ""]],
      D.errors.map(e => [number(e.count), el("code", {}, e.sample), e.tasks.join(", ") + (e.more ? ` and ${e.more} more` : ""), e.hosts.slice(0, 5).join(", "), moment(e.last)]), "Errors"));

    main.append(el("p", { class: "soft" }, `Created ${moment(W.now)} by: jobmon workflow report -w ${W.id}`));
    const redraw = () => drawings.forEach(d => d());
    new ResizeObserver(redraw).observe(main);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    redraw();
    document.documentElement.dataset.drawn = "yes";
    """#
}

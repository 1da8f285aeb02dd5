"use strict";
// One page, no library: a WebSocket brings frames (FrameMessage.cs), canvases show them, small requests change what may be changed.

const el = id => document.getElementById(id);
const HISTORY_MS = 30000;
let info = null, frame = null, truth = null, state = {}, cursor = null, seeking = false, range = [1, 6], history = [], retryMs = 500, colours = null;

function rgb(hex) { const n = parseInt(hex, 16); return [n >> 16, (n >> 8) & 255, n & 255]; }

async function begin() {
  const answer = await fetch("api/info");
  if (!answer.ok) { say((await answer.text()).trim(), true); return; }
  info = await answer.json();
  colours = { depth: info.depth_colours.map(rgb), error: info.error_colours.map(rgb), unknown: rgb(info.unknown_colour), on: rgb(info.on_colour), off: rgb(info.off_colour) };
  el("source").textContent = info.source;
  el("on").style.background = "#" + info.on_colour;
  el("off").style.background = "#" + info.off_colour;
  for (const id of ["events", "depth", "truth", "error"]) { el(id).width = info.width; el(id).height = info.height; }
  bar("depthscale", colours.depth);
  bar("errorscale", colours.error);
  connect();
  setInterval(plots, 250);
}

function bar(id, table) {
  const context = el(id).getContext("2d"), image = context.createImageData(256, 1);
  table.forEach((c, i) => image.data.set([...c, 255], 4 * i));
  context.putImageData(image, 0, 0);
}

function connect() {
  const socket = new WebSocket(new URL("live", location.href).href.replace(/^http/, "ws"));
  socket.binaryType = "arraybuffer";
  socket.onopen = () => { retryMs = 500; };
  socket.onmessage = message => take(message.data);
  socket.onclose = () => {
    say("connection lost, trying again", true);
    setTimeout(connect, retryMs);
    retryMs = Math.min(8000, 2 * retryMs);
  };
}

function take(buffer) {
  const length = new DataView(buffer).getInt32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const parts = {};
  for (const { name, bytes } of head.sections) { parts[name] = buffer.slice(at, at + bytes); at += bytes; }
  state = head;
  if (parts.depth) {
    frame = { figures: head.frame, layers: head.layers, events: new Uint8Array(parts.events), depth: new Uint16Array(parts.depth), supported: new Uint8Array(parts.supported) };
    if (parts.truth) { truth = { depth: new Uint16Array(parts.truth), answer: frame.depth, figures: head.frame }; }
    history.push({ at: performance.now(), latency: head.frame.latency_ms, rate: head.counters.events_per_second / 1e6 });
    while (history.length && history[0].at < performance.now() - HISTORY_MS) { history.shift(); }
    if (el("autorange").checked) { fitRange(); }
    draw();
    layers();
  }
  counters();
  timeline();
  const c = head.counters;
  say(head.status === "running"
    ? (c ? `${fixed(c.frames_per_second, 1)} answers a second, ${fixed(head.frame ? head.frame.latency_ms : c.latency_ms_p50, 0)} ms behind` : "waiting for events")
    : `${head.status}: ${head.message}`, head.status === "failed");
}

function say(text, bad) { const s = el("status"); if (s.textContent !== text) { s.textContent = text; } s.classList.toggle("bad", !!bad); }
function fixed(value, digits) { return value === null || value === undefined ? "–" : value.toFixed(digits); }
function supportedAt(i) { return (frame.supported[i >> 3] >> (i & 7)) & 1; }

// The range moves slowly, so that colours do not pump.
function fitRange() {
  const near = frame.figures.depth_p5_m, far = frame.figures.depth_p95_m;
  if (near === null || far === null) { return; }
  const wanted = [Math.max(0.1, 0.9 * near), Math.max(near + 0.5, 1.1 * far)];
  range = range.map((value, i) => value + 0.1 * (wanted[i] - value));
  if (document.activeElement !== el("nearm")) { el("nearm").value = range[0].toFixed(1); }
  if (document.activeElement !== el("farm")) { el("farm").value = range[1].toFixed(1); }
}

function draw() {
  if (!frame) { return; }
  const least = Math.max(1, el("threshold").valueAsNumber || 1), hatch = el("hatch").checked, w = info.width;
  paint("events", i => {
    const on = frame.events[i] >> 4, off = frame.events[i] & 15;
    if (on + off < least) { return [0, 0, 0]; }
    const r = 1 - Math.pow(0.4, on), b = 1 - Math.pow(0.4, off);   // as EventPicture has it
    return colours.on.map((c, k) => Math.min(255, r * c + b * colours.off[k]));
  });
  const [near, far] = range;
  const depthColour = mm => mm === 0 ? colours.unknown : colours.depth[Math.round(255 * Math.min(1, Math.max(0, (mm / 1000 - near) / (far - near))))];
  paint("depth", i => {
    const colour = depthColour(frame.depth[i]);
    return hatch && !supportedAt(i) ? ((i % w + Math.floor(i / w)) % 6 < 2 ? [24, 26, 30] : colour.map(c => 0.45 * c + 70)) : colour;
  });
  const most = Math.max(0.25, (far - near) / 2);
  for (const part of document.querySelectorAll(".truth")) { part.hidden = !truth; }
  if (truth) {
    paint("truth", i => depthColour(truth.depth[i]));
    paint("error", i => truth.depth[i] === 0 ? colours.unknown : colours.error[Math.round(255 * Math.min(1, Math.abs(truth.answer[i] - truth.depth[i]) / 1000 / most))]);
    el("truthnote").textContent = "t = " + fixed(truth.figures.time_us / 1e6, 2) + " s";
    el("errornote").textContent = "mean " + fixed(truth.figures.mean_depth_error_cm, 0) + " cm";
    el("errormost").textContent = fixed(most, 2) + " m error";
  }
  el("near").textContent = fixed(near, 1) + " m";
  el("far").textContent = fixed(far, 1) + " m";
  readout();
}

const images = {};
function paint(id, colour) {
  const context = el(id).getContext("2d"), image = images[id] ??= context.createImageData(info.width, info.height), data = image.data;
  for (let i = 0, at = 0; i < info.width * info.height; i++, at += 4) {
    const c = colour(i);
    data[at] = c[0]; data[at + 1] = c[1]; data[at + 2] = c[2]; data[at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  if (cursor) {
    context.lineWidth = 2;
    context.strokeStyle = "#000";
    context.strokeRect(cursor.x - 6, cursor.y - 6, 13, 13);
    context.strokeStyle = "#fff";
    context.strokeRect(cursor.x - 4, cursor.y - 4, 9, 9);
  }
}

function readout() {
  if (!cursor || !frame) { return; }
  const i = cursor.y * info.width + cursor.x, m = frame.depth[i] / 1000;
  let text = `x ${cursor.x}, y ${cursor.y}: ${m ? m.toFixed(2) + " m, disparity " + (info.focal_px * info.baseline_m / m).toFixed(1) + " px" : "unknown"}`
    + (supportedAt(i) ? "" : " (no event near)") + `; ${frame.events[i] >> 4} ON, ${frame.events[i] & 15} OFF`;
  if (truth) { text += truth.depth[i] ? `; measured ${(truth.depth[i] / 1000).toFixed(2)} m` : "; not measured here"; }
  el("readout").textContent = text;
}

function layers() {
  const box = el("layers"), names = Object.keys(frame.layers);
  if (box.childElementCount !== names.length) {
    box.replaceChildren(...names.map(name => {
      const row = document.createElement("div"), label = document.createElement("span"), meter = document.createElement("meter"), value = document.createElement("span");
      label.textContent = name;
      meter.max = 0.25;
      meter.setAttribute("aria-label", name);
      row.append(label, meter, value);
      return row;
    }));
  }
  names.forEach((name, k) => {
    const [, meter, value] = box.children[k].children;
    meter.value = frame.layers[name];
    value.textContent = (100 * frame.layers[name]).toFixed(1) + " %";
  });
}

function counters() {
  const c = state.counters;
  if (!c) { return; }
  const millions = n => n >= 1e6 ? (n / 1e6).toFixed(2) + " M" : String(n);
  const rows = [
    ["latency, median", fixed(c.latency_ms_p50, 1) + " ms"], ["latency, 95 %", fixed(c.latency_ms_p95, 1) + " ms"], ["latency, 99 %", fixed(c.latency_ms_p99, 1) + " ms"],
    ["answers", c.frames], ["windows skipped", c.windows_skipped], ["backlog", c.backlog], ["events in", millions(c.events.in)], ["used", millions(c.events.used)], ["skipped", millions(c.events.skipped)],
    ["off the sensor", millions(c.events.off_sensor)], ["late", millions(c.events.late)], ["neurons firing", fixed(100 * c.firing_rate, 1) + " %"], ["packets lost", c.packets_lost], ["malformed", c.packets_malformed],
    ["silent, left", fixed(c.silent_s.left, 1) + " s"], ["silent, right", fixed(c.silent_s.right, 1) + " s"]];
  const list = el("counters");
  if (list.childElementCount !== rows.length) {
    list.replaceChildren(...rows.map(([name]) => {
      const row = document.createElement("div"), dt = document.createElement("dt");
      dt.textContent = name;
      row.append(dt, document.createElement("dd"));
      return row;
    }));
  }
  rows.forEach(([, value], k) => { list.children[k].lastChild.textContent = value; });
}

function timeline() {
  const replay = state.replay;
  el("timeline").hidden = !replay;
  el("stepms").disabled = el("windowms").disabled = !replay;   // a live stream's windows are set where it is opened
  if (document.activeElement !== el("windowms")) { el("windowms").value = String(state.window_us / 1000); }
  const wanted = [1, 2, 5, 10].filter(parts => state.window_us % parts === 0).map(parts => state.window_us / parts);
  if (el("stepms").dataset.window !== String(state.window_us)) {
    el("stepms").dataset.window = String(state.window_us);
    el("stepms").replaceChildren(...wanted.map(us => new Option(us / 1000 + " ms", us)));
  }
  if (document.activeElement !== el("stepms")) { el("stepms").value = String(state.step_us); }
  if (!replay) { return; }
  const bar = el("position");
  bar.min = replay.start_us; bar.max = replay.end_us;
  if (!seeking) { bar.value = replay.position_us; }
  bar.setAttribute("aria-valuetext", (replay.position_us / 1e6).toFixed(2) + " seconds");
  el("time").textContent = `${(replay.position_us / 1e6).toFixed(2)} of ${(replay.end_us / 1e6).toFixed(2)} s`;
  el("play").textContent = replay.paused ? "Play" : "Pause";
  el("loop").checked = replay.loop;
  if (document.activeElement !== el("speed") && replay.speed) { el("speed").value = String(replay.speed); }
}

function plots() {
  plot("latencyplot", "latency", "--plot");
  plot("rateplot", "rate", "--plot2");
}

function plot(id, key, colour) {
  const canvas = el(id), scale = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight, style = getComputedStyle(document.documentElement);
  if (canvas.width !== Math.round(w * scale)) { canvas.width = Math.round(w * scale); canvas.height = Math.round(h * scale); }
  const context = canvas.getContext("2d"), now = performance.now(), most = Math.max(1e-3, ...history.map(point => point[key])) * 1.1, digits = most >= 10 ? 0 : most >= 1 ? 1 : most >= 0.1 ? 2 : 3, left = 44, bottom = 16;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, w, h);
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = style.getPropertyValue("--soft");
  context.strokeStyle = style.getPropertyValue("--line");
  for (let k = 0; k <= 2; k++) {
    const y = 8 + (h - bottom - 8) * (1 - k / 2);
    context.beginPath(); context.moveTo(left, y); context.lineTo(w, y); context.stroke();
    context.fillText((most * k / 2).toFixed(digits), 2, y + 4);
  }
  context.fillText("−30 s", left, h - 3);
  context.fillText("now", w - 24, h - 3);
  context.strokeStyle = style.getPropertyValue(colour);
  context.lineWidth = 1.5;
  context.beginPath();
  history.forEach((point, k) => {
    const x = left + (w - left) * (1 - (now - point.at) / HISTORY_MS), y = 8 + (h - bottom - 8) * (1 - point[key] / most);
    if (k) { context.lineTo(x, y); } else { context.moveTo(x, y); }
  });
  context.stroke();
}

async function change(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (answer.ok) { state = { ...state, ...(await answer.json()) }; timeline(); } else { say((await answer.text()).trim(), true); }
}
const replay = body => state.replay ? change("api/replay", body) : undefined;
const seek = us => replay({ seek_us: Math.round(Math.min(state.replay.end_us, Math.max(state.replay.start_us, us))) });

function faster(direction) {
  const speed = el("speed"), k = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + direction));
  speed.selectedIndex = k;
  replay({ speed: Number(speed.value) });
}

function save() {
  const shown = ["events", "depth", "truth", "error"].filter(id => !el(id).closest("figure").hidden), gap = 8, head = 22;
  const sheet = document.createElement("canvas"), context = sheet.getContext("2d");
  sheet.width = shown.length * (2 * info.width + gap) - gap;
  sheet.height = 2 * info.height + head;
  context.fillStyle = "#111418"; context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = "#e9ecf1"; context.font = "14px system-ui, sans-serif"; context.imageSmoothingEnabled = false;
  shown.forEach((id, k) => {
    const x = k * (2 * info.width + gap);
    context.fillText(el(id).getAttribute("aria-label"), x + 4, 15);
    context.drawImage(el(id), x, head, 2 * info.width, 2 * info.height);
  });
  sheet.toBlob(blob => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `stereospike-${frame ? frame.figures.time_us : 0}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

function keys() { const box = el("keys"); box.hidden = !box.hidden; el("help").setAttribute("aria-expanded", String(!box.hidden)); }

for (const id of ["events", "depth", "truth", "error"]) {
  const canvas = el(id);
  canvas.addEventListener("pointermove", e => {
    const box = canvas.getBoundingClientRect();
    cursor = { x: Math.min(info.width - 1, Math.max(0, Math.floor((e.clientX - box.left) / box.width * info.width))), y: Math.min(info.height - 1, Math.max(0, Math.floor((e.clientY - box.top) / box.height * info.height))) };
    draw();
  });
  canvas.addEventListener("keydown", e => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!move) { return; }
    e.preventDefault();
    const by = e.shiftKey ? 10 : 1, from = cursor ?? { x: info.width >> 1, y: info.height >> 1 };
    cursor = { x: Math.min(info.width - 1, Math.max(0, from.x + by * move[0])), y: Math.min(info.height - 1, Math.max(0, from.y + by * move[1])) };
    draw();
  });
}

document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT)$/.test(e.target.tagName) && e.target.type !== "checkbox") { return; }
  const act = {
    " ": () => replay({ paused: !state.replay.paused }), ".": () => replay({ step: true }), "[": () => seek(state.replay.position_us - 1e6), "]": () => seek(state.replay.position_us + 1e6),
    Home: () => seek(state.replay.start_us), "-": () => faster(-1), "+": () => faster(1), l: () => replay({ loop: !state.replay.loop }), h: () => { el("hatch").checked = !el("hatch").checked; draw(); }, p: save, "?": keys
  }[e.key.length === 1 ? e.key.toLowerCase() : e.key];
  if (!act || (" .[]-+lHome".includes(e.key.toLowerCase()) && !state.replay) || (e.key === " " && /^(BUTTON)$/.test(e.target.tagName))) { return; }
  e.preventDefault();
  act();
});

el("play").onclick = () => replay({ paused: !state.replay.paused });
el("step").onclick = () => replay({ step: true });
el("loop").onchange = e => replay({ loop: e.target.checked });
el("speed").onchange = e => { replay({ speed: Number(e.target.value) }); e.target.blur(); };
el("position").oninput = () => { seeking = true; };
el("position").onchange = e => { seeking = false; seek(Number(e.target.value)); };
el("stepms").onchange = e => { change("api/windows", { step_us: Number(e.target.value), window_us: state.window_us }); e.target.blur(); };
el("windowms").onchange = e => { if (e.target.checkValidity()) { change("api/windows", { window_us: 1000 * e.target.valueAsNumber, step_us: 1000 * e.target.valueAsNumber }); } };
el("shot").onclick = save;
el("help").onclick = keys;
el("hatch").onchange = draw;
el("threshold").oninput = draw;
for (const [id, k] of [["nearm", 0], ["farm", 1]]) {
  el(id).oninput = e => {
    const value = e.target.valueAsNumber, other = range[1 - k];
    if (Number.isFinite(value) && value > 0 && (k === 0 ? value < other : value > other)) { el("autorange").checked = false; range[k] = value; draw(); }
  };
}
el("display").onsubmit = e => e.preventDefault();
begin();

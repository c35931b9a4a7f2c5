"use strict";
(() => {
  const data = (id) => JSON.parse(document.getElementById(id).textContent);
  const make = (name, words, cls) => {
    const made = document.createElement(name);
    if (words) made.textContent = words;
    if (cls) made.className = cls;
    return made;
  };

  // The run graph: what the chosen node did, cycle by cycle. Made when it is asked for, so that the page opens at once.
  const panel = document.getElementById("node-events");
  const buttons = [...document.querySelectorAll("button[data-node]")];
  let nodes = null;
  const visit = (one, open) => {
    const box = make("details");
    box.open = open;
    const head = make("summary");
    head.append(make("b", `cycle ${one.cycle}`), ` ${one.took}`);
    if (one.ended) head.append(make("span", ` ended ${one.ended.slice(11, 19)}`, "soft"));
    if (one.slow) head.append(make("span", "slowest", "slow"));
    const list = make("ul");
    for (const [moment, name, words] of one.quoted) {
      const line = make("li");
      line.append(make("time", moment.slice(11, 23)), make("b", name), make("span", words));
      list.append(line);
    }
    if (one.more > 0) list.append(make("li", `and ${one.more} more events`, "soft"));
    box.append(head, list);
    return box;
  };
  const choose = (button) => {
    nodes = nodes || data("graph-data");
    for (const other of buttons) other.setAttribute("aria-expanded", String(other === button));
    const node = nodes[Number(button.dataset.node)];
    const most = node.visits.length;
    panel.replaceChildren(make("h3", node.name), ...node.visits.map((one) => visit(one, most < 3 || one.slow)));
    panel.scrollTop = 0;
  };
  for (const button of buttons)
    button.addEventListener("click", () => {
      choose(button);
      if (matchMedia("(max-width: 760px)").matches) panel.scrollIntoView({ block: "nearest" });
    });
  const longest = document.querySelector("button[data-node] i.k0");
  if (longest) choose(longest.closest("button"));

  // The map: another colouring, and the question under the pointer.
  const box = document.querySelector(".mapbox");
  if (!box) return;
  const group = box.querySelector(".switch");
  group.hidden = false;
  group.addEventListener("click", (event) => {
    const show = event.target.dataset.show;
    if (!show) return;
    box.dataset.by = show;
    for (const one of group.children) one.setAttribute("aria-pressed", String(one.dataset.show === show));
  });
  const said = box.querySelector(".pointed");
  let questions = null;
  let at = null;
  box.addEventListener("pointerover", (event) => {
    const place = event.target.dataset && event.target.dataset.i;
    if (place === undefined || place === at) return;
    questions = questions || data("map-data");
    for (const old of box.querySelectorAll(".p.at")) old.classList.remove("at");
    for (const mark of box.querySelectorAll(`.p[data-i="${Number(place)}"]`)) mark.classList.add("at");
    at = place;
    const [id, skill, steps, , question] = questions[Number(place)];
    said.replaceChildren(make("b", `${skill.replaceAll("_", " ")}, ${steps} steps: `), question || id);
  });
})();
